/** A frontend as elements of the kernel's maps. */
import { type Frontend, isInside, keyOf, type MapElement } from './frontend.ts';
import { bitsOf, pickName, type Pick as SlotPick } from './picks.ts';
import type { Numbers } from './slots.ts';
import { markBit } from './table.ts';

/** The chain that decides for a frontend; none where there is nothing to decide. */
export function pickOf(frontend: Frontend, slots: readonly string[]): SlotPick | undefined {
  const { at, masquerade, stickySeconds, side, sourceRanges, whenEmpty } = frontend;
  if (slots.length === 0 && whenEmpty !== 'drop') return undefined;
  return {
    count: slots.length,
    masquerade,
    ...(stickySeconds !== undefined && slots.length > 0 && { sticky: { at, seconds: stickySeconds } }),
    ...(side && { side }),
    ...(sourceRanges && { sourceRanges }),
  };
}

/** What stands in a frontend's slots (`10.244.0.5 . 8080`), and the numbers by which clients remember it, if they do. */
export interface Placing {
  slots: readonly string[];
  numbers?: Numbers;
}

export function elementsOf(frontend: Frontend, { slots, numbers }: Placing): MapElement[] {
  const { at, family } = frontend;
  const [key, pick] = [keyOf(frontend), pickOf(frontend, slots)];
  const verdicts = `${isInside(frontend) ? 'inside-' : ''}${at}s${family}`;
  if (!pick) return frontend.whenEmpty ? [{ container: verdicts, key, value: 'goto refuse' }] : [];
  const prefix = at === 'service' ? '' : `${at}-`;
  const element = (map: 'endpoints' | 'slots', mark: number, value: string | number): MapElement => ({
    container: `${prefix}${map}${family}`,
    key: `${key} . ${mark}`,
    value: String(value),
  });
  const bits = bitsOf(pick);
  return [
    // The last word, for those inside.
    { container: verdicts, key, value: `${isInside(frontend) ? 'goto' : 'jump'} ${pickName(pick)}` },
    ...slots.flatMap((slot, n) => {
      const number = numbers?.get(slot);
      if (number === undefined) return [element('endpoints', bits + 1 + n, slot)];
      const remembered = bits + markBit.sticky + number;
      return [
        element('endpoints', remembered, slot),
        element('slots', remembered, remembered + markBit.there),
        element('slots', bits + 1 + n, remembered + markBit.there),
      ];
    }),
  ];
}

/** Elements that several frontends may have: endpoints on this node that may reach themselves, addresses of load balancers. */
export function sharedElementsOf({ family, targets, address, ownsAddress }: Frontend): MapElement[] {
  const hairpins = targets
    .filter(({ isLocal }) => isLocal)
    .map((target) => ({ container: `hairpin${family}`, key: `${target.address} . ${target.address}` }));
  return ownsAddress ? [...hairpins, { container: `load-balancers${family}`, key: address }] : hairpins;
}
