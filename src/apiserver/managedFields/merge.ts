/**
 * A configuration put into an object: what it says replaces what is there, and what it does not speak of stays.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */

import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import type { Fields, KeyedList, SetOfScalars, Structure } from '../../api/schema/structure.ts';
import { shapeOf } from './shape.ts';
import { itemStep, valueStep } from './steps.ts';

/** Shares parts with both; changes neither. */
export function merge(live: unknown, config: unknown, structure: Structure): unknown {
  const shape = shapeOf(structure, config);
  switch (shape.type) {
    case 'leaf':
      return config;
    case 'fields':
      return isObject(live) && isObject(config) ? mergeFields(live, config, shape) : config;
    case 'keyed':
    case 'set':
      return Array.isArray(live) && Array.isArray(config) ? mergeLists(live, config, shape) : config;
  }
}

function mergeFields(live: JsonObject, config: JsonObject, structure: Fields): JsonObject {
  const merged = { ...live };
  for (const [name, value] of Object.entries(config)) {
    const below = structure.named(name) ?? structure.rest;
    if (below) merged[name] = Object.hasOwn(live, name) ? merge(live[name], value, below) : value;
  }
  return merged;
}

/**
 * Items of the configuration come in its order. Those that only the object has stay before what they stood
 * before, as far as that order allows.
 */
function mergeLists(live: unknown[], config: unknown[], structure: KeyedList | SetOfScalars): unknown[] {
  const stepOf = (item: unknown) => (structure.type === 'set' ? valueStep(item) : itemStep(item, structure));
  const liveSteps = live.map(stepOf);
  const configSteps = config.map(stepOf);
  const liveAt = new Map(liveSteps.map((step, i) => [step, i]).reverse() as [unknown, number][]);
  const inConfig = new Set<unknown>(configSteps);

  const shared = configSteps.filter((step) => liveAt.has(step));

  const merged: unknown[] = [];
  let next = 0;
  let nextShared = 0;
  const take = () => {
    const item = config[next];
    const at = liveAt.get(configSteps[next]);
    next++;
    if (at !== undefined) nextShared++;
    merged.push(
      structure.type === 'keyed' && at !== undefined ? merge(live[at], item, structure.item) : item,
    );
  };
  for (const [i, item] of live.entries()) {
    const step = liveSteps[i];
    if (!inConfig.has(step)) merged.push(item);
    else if (nextShared < shared.length && step === shared[nextShared]) {
      while (configSteps[next] !== step) take();
      take();
    }
  }
  while (next < config.length) take();
  return merged;
}
