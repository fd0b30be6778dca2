/** Who selects whom by labels, found by indexes in both directions where there are many. */
import { labelSelector, matchesLabels } from '../api/selectors.ts';
import type { LabelSelector, Pod, Service } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import { labelKeys } from '../client/shared.ts';

type Labels = Readonly<Record<string, string>>;

/** An absent selector selects nothing, an empty one everything. */
export const selects = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  matchesLabels(labelSelector(selector), labels);

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  labelSelector(selector).length === 0;

/** The plain form that Services have: every pair must be there. */
export function hasAll(labels: Labels | undefined, wanted: Labels = {}): boolean {
  for (const key of Object.keys(wanted)) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/** Whether the endpoints of this Service are made from pods. */
export const hasSelector = (service: Service): boolean =>
  service.spec?.type !== 'ExternalName' && Object.keys(service.spec?.selector ?? {}).length > 0;

/** Keys of the Services that select a pod with these labels. */
export function servicesOf(services: Informer<Service>, pod: Pod | undefined): string[] {
  const keys: string[] = [];
  for (const label of labelKeys(pod?.metadata.namespace, pod?.metadata.labels))
    for (const service of services.by('selector', label))
      if (hasAll(pod?.metadata.labels, service.spec?.selector)) keys.push(keyOf(service));
  return keys;
}

/** Pods that the Service selects; starts from the label that the fewest pods have. */
export function podsOf(pods: Informer<Pod>, service: Service): Pod[] {
  let fewest: Pod[] | undefined;
  for (const label of labelKeys(service.metadata.namespace, service.spec?.selector)) {
    const found = pods.by('label', label);
    if (!fewest || found.length < fewest.length) fewest = found;
  }
  return (fewest ?? []).filter((pod) => hasAll(pod.metadata.labels, service.spec?.selector));
}
