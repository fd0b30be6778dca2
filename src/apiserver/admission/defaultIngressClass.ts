/** https://kubernetes.io/docs/concepts/services-networking/ingress/#default-ingress-class */
import { ingressClasses, ingresses } from '../../api/resource.ts';
import type { IngressClass } from '../../api/types.ts';
import type { AdmissionPlugin } from './contract.ts';
import { isAbout, objectOf } from './operation.ts';
import type { StoredObjects } from './stored.ts';

const isDefault = 'ingressclass.kubernetes.io/is-default-class';
/** How a class was named before there was a field for it. */
const oldName = 'kubernetes.io/ingress.class';

export const defaultIngressClass = ({ list }: Pick<StoredObjects, 'list'>): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  handles: (operation) => operation.verb === 'create' && isAbout(operation, ingresses),
  async admit(operation) {
    const { metadata, spec } = objectOf(operation, ingresses);
    if (!spec || spec.ingressClassName !== undefined || metadata.annotations?.[oldName] !== undefined)
      return undefined;
    const chosen = defaultOf((await list(ingressClasses)).items);
    if (chosen) spec.ingressClassName = chosen.metadata.name;
    return undefined;
  },
});

/** Of several the newest, and of those that are as old the first by name. */
const defaultOf = (classes: readonly IngressClass[]): IngressClass | undefined =>
  classes
    .filter(({ metadata }) => metadata.annotations?.[isDefault] === 'true')
    .toSorted((a, b) => byAge(b, a) || (a.metadata.name < b.metadata.name ? -1 : 1))[0];

const byAge = (a: IngressClass, b: IngressClass): number =>
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') || 0;
