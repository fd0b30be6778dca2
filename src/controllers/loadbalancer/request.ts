/** Addresses that a Service asks for: by its spec, or by an annotation, which can say one of each family. */
import type { Service } from '../../api/types.ts';
import { canonical, isAddress } from '../../lib/ip.ts';
import { type Family, familiesOf, familyOf } from '../endpoint.ts';

export const requestAnnotation = 'switchboard.dev/load-balancer-ips';

export type Request = Partial<Record<Family, string>>;

/** What cannot be meant is told in words, for people. */
export function requestOf(service: Service): Request | string {
  const { metadata, spec } = service;
  const texts = [...(metadata.annotations?.[requestAnnotation] ?? '').split(','), spec?.loadBalancerIP ?? '']
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const wrong = texts.find((text) => !isAddress(text));
  if (wrong !== undefined) return `${JSON.stringify(wrong)} is not an IP address: ask for one of a pool`;
  const request: Request = {};
  for (const address of new Set(texts.map(canonical))) {
    const family = familyOf(address);
    if (!familiesOf(service).includes(family))
      return `${address} is of a family that the Service does not have: add ${family} to spec.ipFamilies, or ask for an address of ${familiesOf(service).join(' and ')}`;
    if (request[family])
      return `${request[family]} and ${address} are of one family: ask for one address of each (spec.loadBalancerIP and the annotation ${requestAnnotation} count together)`;
    request[family] = address;
  }
  return request;
}
