import { type FieldError, fieldInvalid } from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain } from '../../names.ts';
import type { ResourceSlice } from '../../types.ts';
import { each, immutable, named, unique } from '../../validate/checks.ts';

export function validateResourceSlice({ spec }: ResourceSlice): FieldError[] {
  if (!spec) return [];
  const places = [spec.nodeName, spec.nodeSelector, spec.allNodes, spec.perDeviceNodeSelection].filter(
    Boolean,
  );
  return [
    ...named('spec.driver', spec.driver, isDnsSubdomain),
    ...named('spec.pool.name', spec.pool?.name),
    ...(places.length === 1
      ? []
      : [
          fieldInvalid(
            'spec',
            places.length,
            'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
          ),
        ]),
    ...each('spec.devices', spec.devices, ({ name }, at) => named(`${at}.name`, name, isDnsLabel)),
    ...unique(
      spec.devices,
      (device) => device.name,
      (i) => `spec.devices[${i}].name`,
    ),
  ];
}

export const validateResourceSliceUpdate = (now: ResourceSlice, old: ResourceSlice): FieldError[] => [
  ...immutable('spec.driver', now.spec?.driver, old.spec?.driver),
  ...immutable('spec.nodeName', now.spec?.nodeName, old.spec?.nodeName),
];
