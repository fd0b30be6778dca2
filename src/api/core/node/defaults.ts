import type { Node } from '../../types.ts';

/** A node that says nothing else can give away all that it has. */
export function defaultNode({ status }: Node): void {
  if (status?.capacity) status.allocatable ??= { ...status.capacity };
}
