/**
 * Endpoints come and go in slots: a backend has more servers than endpoints, those left over are off. So an endpoint
 * that changes is a word to the running proxy, and only one too many is a new configuration.
 */
import type { Endpoint } from './contract.ts';

/** Index → endpoint; `undefined` is off. */
export type Slots = readonly (Endpoint | undefined)[];

const fewest = 4;

/**
 * Who stays keeps the slot; who comes gets one that was off already, as long as there are such. Grows to a power of
 * two, and never shrinks: that would be a reload for nothing.
 */
export function place(before: Slots, endpoints: readonly Endpoint[]): Slots {
  const wanted = new Map(endpoints.map((endpoint) => [keyOf(endpoint), endpoint]));
  const slots = before.map((slot) => {
    const stays = slot && wanted.get(keyOf(slot));
    if (slot) wanted.delete(keyOf(slot));
    return stays;
  });
  const size = Math.max(before.length, fewest, 2 ** Math.ceil(Math.log2(Math.max(1, endpoints.length))));
  while (slots.length < size) slots.push(undefined);
  for (const endpoint of wanted.values()) {
    const off = slots.findIndex((slot, index) => !slot && !before[index]);
    slots[off >= 0 ? off : slots.indexOf(undefined)] = endpoint;
  }
  return slots;
}

const keyOf = ({ address, port }: Endpoint): string => `${address} ${port}`;

/**
 * What the running proxy is told: management guide, section 9.3, `set server`. Who comes is told before who goes: a
 * request that arrives between the two finds somebody.
 */
export function commands(backend: string, before: Slots, now: Slots): string[] {
  const changed = now.flatMap((slot, index) => {
    const old = before[index];
    return (slot && keyOf(slot)) === (old && keyOf(old)) ? [] : [{ slot, old, index }];
  });
  const inOrder = [...changed.filter(({ old }) => !old), ...changed.filter(({ old }) => old)];
  return inOrder.flatMap(({ slot, old, index }) => {
    const server = `${backend}/${serverName(index)}`;
    return [
      ...(old ? [`set server ${server} state maint`] : []),
      ...(slot
        ? [`set server ${server} addr ${slot.address} port ${slot.port}`, `set server ${server} state ready`]
        : []),
    ];
  });
}

export const serverName = (index: number): string => `s${index + 1}`;
