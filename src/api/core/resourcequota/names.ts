/**
 * What a quota can be about, and objects of which kind count for it.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
const counted: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

const compute = /^(?:(?:requests\.|limits\.)?(?:cpu|memory|ephemeral-storage)|(?:requests\.)?hugepages-.+)$/;
const ofStorageClass = '.storageclass.storage.k8s.io/';

/** Whether the object is counted by this name alone: `pods`, but not `count/pods`. */
export const isCountedPlainly = (plural: string): boolean => counted.has(plural);

/** The kind whose objects use it up, as `deployments.apps`; none when nobody knows the name. */
export function kindNameOf(name: string): string | undefined {
  if (name.startsWith('count/')) return name.slice('count/'.length);
  if (name === 'services.nodeports' || name === 'services.loadbalancers') return 'services';
  if (name === 'requests.storage' || name.includes(ofStorageClass)) return 'persistentvolumeclaims';
  if (counted.has(name)) return name;
  // Of resources that nodes tell of themselves only requests are counted.
  return compute.test(name) || /^requests\..+\/.+$/.test(name) ? 'pods' : undefined;
}

/** A name without a domain must be one that there is. */
export const isStandard = (name: string): boolean => kindNameOf(name) !== undefined;

/** Of what there is only a whole number. */
export const isWhole = (name: string): boolean =>
  counted.has(name) || name.startsWith('count/') || name.startsWith('services.');
