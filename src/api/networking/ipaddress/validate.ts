/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/ip-address-v1/ */
import { canonical } from '../../../lib/ip.ts';
import { type FieldError, fieldRequired } from '../../errors.ts';
import type { IPAddress } from '../../types.ts';
import { because, immutable, isIP, named } from '../../validate/checks.ts';

export function validateIPAddress({ metadata, spec }: IPAddress): FieldError[] {
  const wrong = because('metadata.name', metadata.name, isCanonicalIP(metadata.name));
  const parent = spec?.parentRef;
  if (!parent) return [...wrong, fieldRequired('spec.parentRef')];
  return [
    ...wrong,
    ...named('spec.parentRef.resource', parent.resource),
    ...named('spec.parentRef.name', parent.name),
  ];
}

/** One address has one name, so that two objects never mean the same. */
function isCanonicalIP(name: string): string[] {
  const wrong = isIP(name);
  if (wrong.length > 0 || canonical(name) === name) return wrong;
  return [`must be in canonical form ("${canonical(name)}")`];
}

export const validateIPAddressUpdate = (now: IPAddress, old: IPAddress): FieldError[] =>
  immutable('spec.parentRef', now.spec?.parentRef, old.spec?.parentRef);
