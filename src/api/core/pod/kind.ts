import type { Kind } from '../../kind.ts';
import { pods } from '../../resource.ts';
import type { Pod } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultPod } from './defaults.ts';
import './fields.ts';
import { validatePod } from './validate.ts';
import { validateEphemeralOnCreate, validateEphemeralUpdate } from './validateEphemeral.ts';
import { validatePodUpdate } from './validateUpdate.ts';

const finished = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

export const pod: Kind<Pod> = {
  resource: pods,
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  message: 'core/v1.Pod',
  status: true,
  nameRule: 'subdomain',
  selectableFields: {
    'spec.nodeName': (p) => p.spec?.nodeName ?? '',
    'spec.host': (p) => p.spec?.nodeName ?? '', // its name before v1
    'spec.restartPolicy': (p) => p.spec?.restartPolicy ?? '',
    'spec.schedulerName': (p) => p.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (p) => p.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (p) => String(p.spec?.hostNetwork ?? false),
    'status.phase': (p) => p.status?.phase ?? '',
    'status.podIP': (p) => p.status?.podIP ?? '',
    // Kubernetes takes the name, and finds no address under it.
    'status.podIPs': () => '',
    'status.nominatedNodeName': (p) => p.status?.nominatedNodeName ?? '',
  },
  defaults: defaultPod,
  validate: validatePod,
  validateCreate: validateEphemeralOnCreate,
  validateUpdate: validatePodUpdate,
  validateSubresource: { ephemeralcontainers: validateEphemeralUpdate },
  columns,
  // Nobody has to say good-bye to a pod that never came to a node or has already ended.
  graceSeconds: (p) => (!p.spec?.nodeName || finished(p) ? 0 : (p.spec.terminationGracePeriodSeconds ?? 30)),
};
