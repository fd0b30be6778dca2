/** https://kubernetes.io/docs/concepts/storage/volumes/#downwardapi */
import { containerNamed } from '../pod/container/env.ts';
import { fieldValue, resourceValue } from '../pod/container/fields.ts';
import type { Payload, PayloadOf } from './contract.ts';
import { defaultFileMode, inside } from './items.ts';

export const downwardAPI: PayloadOf<'downwardAPI'> = async (source, context) => {
  const { items = [], defaultMode = defaultFileMode } = source;
  const payload: Payload = new Map();
  for (const { path, fieldRef, resourceFieldRef, mode = defaultMode } of items) {
    const data = fieldRef
      ? fieldValue(context.pod, fieldRef.fieldPath, context)
      : resourceValue(
          containerNamed(context.pod, resourceFieldRef?.containerName ?? ''),
          resourceFieldRef?.resource ?? '',
          resourceFieldRef?.divisor,
          context.allocatable,
        );
    payload.set(inside(path), { data, mode });
  }
  return payload;
};
