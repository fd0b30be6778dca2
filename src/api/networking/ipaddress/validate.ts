/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/ip-address-v1/ */
import { type FieldError, fieldRequired } from '../../errors.ts';
import type { IPAddress } from '../../types.ts';
import { because, immutable, isIP, named } from '../../validate/checks.ts';

export function validateIPAddress({ metadata, spec }: IPAddress): FieldError[] {
  const wrong = because('metadata.name', metadata.name, isIP(metadata.name));
  const parent = spec?.parentRef;
  if (!parent) return [...wrong, fieldRequired('spec.parentRef')];
  return [
    ...wrong,
    ...named('spec.parentRef.resource', parent.resource),
    ...named('spec.parentRef.name', parent.name),
  ];
}

export const validateIPAddressUpdate = (now: IPAddress, old: IPAddress): FieldError[] =>
  immutable('spec.parentRef', now.spec?.parentRef, old.spec?.parentRef);
