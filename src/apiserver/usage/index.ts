/** `metrics.k8s.io`: what nodes and pods use. The kubelets are asked when somebody wants to know, and never else. */
import { node } from '../../api/core/node/kind.ts';
import { pod } from '../../api/core/pod/kind.ts';
import { notFound } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import { metricsGroup } from '../../api/metrics/usage.ts';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import { logger } from '../../lib/log.ts';
import type { Entry } from '../../store/contract.ts';
import { answerMany, answerOne } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { Answer } from '../contract.ts';
import { keyOf, prefixOf } from '../object/keys.ts';
import { preview } from '../object/write.ts';
import { selectionOf } from '../request/selection.ts';
import type { NodeUsage } from './contract.ts';
import { nodeMetricsOf, podMetricsOf } from './objects.ts';

const log = logger('apiserver');

/** A node whose plug is pulled is not waited for. */
const patienceMs = 5_000;

export const isUsage = ({ resource }: Kind): boolean => resource.group === metricsGroup;

/** Of one, or of all that are selected; what cannot be found out is left out. */
export async function usage(call: Call): Promise<Answer> {
  const ofPods = call.kind.resource.namespaced;
  const objects = ofPods
    ? podUsage(call, await measured<Pod>(call, pod))
    : nodeUsage(call, await measured<Node>(call, node));
  const entries = (await objects).map((object) => entryOf(call, object));
  if (call.name === '') return answerMany(call, {}, entries);
  const [only] = entries;
  if (!only) throw unknown(call);
  return answerOne(call, 200, only);
}

/** The nodes or pods that are asked about. */
async function measured<T extends KubeObject>(
  { parts, name, namespace, request }: Call,
  of: Kind<T>,
): Promise<T[]> {
  const { store } = parts;
  if (name !== '') {
    const entry = await store.get(keyOf(of.resource, namespace, name));
    return entry ? [entry.object as T] : [];
  }
  const { matches } = selectionOf(of as Kind, request.query);
  const { entries } = await store.list(prefixOf(of.resource, namespace));
  return entries.map(({ object }) => object as T).filter(matches);
}

async function nodeUsage(call: Call, nodes: readonly Node[]) {
  const told = await Promise.all(
    nodes.map(async (one) => {
      const answer = await ask(call, one.metadata.name);
      return answer && nodeMetricsOf(one, answer);
    }),
  );
  return told.filter((metrics) => metrics !== undefined);
}

async function podUsage(call: Call, pods: readonly Pod[]) {
  const byNode = Map.groupBy(pods, ({ spec }) => spec?.nodeName ?? '');
  byNode.delete('');
  const told = await Promise.all(
    [...byNode].map(async ([nodeName, own]) => {
      const answer = await ask(call, nodeName);
      return answer ? own.map((one) => podMetricsOf(one, answer)) : [];
    }),
  );
  const known = told.flat().filter((metrics) => metrics !== undefined);
  return known.sort((a, b) => (keyOfPod(a) < keyOfPod(b) ? -1 : 1));
}

const keyOfPod = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;

async function ask({ parts, request }: Call, nodeName: string): Promise<NodeUsage | undefined> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)]);
  try {
    return await parts.askUsage?.(nodeName, signal);
  } catch (err) {
    log.info({ node: nodeName, err: String(err) }, 'a node does not tell what it uses');
    return undefined;
  }
}

/** As metrics-server says it. */
function unknown({ kind: { resource }, namespace, name }: Call): Error {
  const plural = resource.kind.toLowerCase();
  return notFound({ ...resource, plural }, namespace === undefined ? name : `${namespace}/${name}`);
}

const entryOf = ({ kind }: Call, object: KubeObject): Entry =>
  preview(keyOf(kind.resource, object.metadata.namespace, object.metadata.name), object, 0);
