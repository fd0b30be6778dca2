/**
 * Every pod runs as a service account and finds its token, the cluster's authority and its namespace in files.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#serviceaccount
 */
import { pods } from '../../api/resource.ts';
import type { Container, PodSpec, ServiceAccount, Volume } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AdmissionPlugin } from './contract.ts';
import { isAbout, objectOf, refuse } from './operation.ts';

export interface ServiceAccountDeps {
  serviceAccount(namespace: string, name: string): Promise<ServiceAccount | undefined>;
  clock: Clock;
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
/** An hour and some seconds, so that kubelets renew before clients begin to wonder. */
const tokenSeconds = 3607;

export function serviceAccount(deps: ServiceAccountDeps): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: (operation) => operation.verb === 'create' && isAbout(operation, pods),
    async admit(operation) {
      const { spec } = objectOf(operation, pods);
      if (!spec) return undefined;
      const name = spec.serviceAccountName || spec.serviceAccount || 'default';
      const namespace = operation.namespace ?? '';
      const account = await lookUp(deps, namespace, name);
      if (!account)
        throw refuse(
          operation,
          `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
        );
      spec.serviceAccountName = name;
      spec.serviceAccount = name;
      if (account.imagePullSecrets?.length && !spec.imagePullSecrets?.length)
        spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
      if (wantsToken(spec, account)) mountToken(spec, deps.random);
      return undefined;
    },
  };
}

/** The account `default` of a new namespace is about to be made by its controller: it is waited for. */
async function lookUp(
  deps: ServiceAccountDeps,
  namespace: string,
  name: string,
): Promise<ServiceAccount | undefined> {
  for (let attempt = 1; ; attempt++) {
    const found = await deps.serviceAccount(namespace, name);
    if (found || name !== 'default' || attempt === 10) return found;
    await deps.clock.sleep(100);
  }
}

/** What the pod says goes before what the account says. */
const wantsToken = (spec: PodSpec, account: ServiceAccount) =>
  spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;

function mountToken(spec: PodSpec, random: () => number): void {
  const without = [...(spec.initContainers ?? []), ...spec.containers].filter((c) => !hasMount(c));
  if (without.length === 0) return;
  const present = spec.volumes?.find((v) => v.name.startsWith(volumePrefix) && v.projected);
  const name = present?.name ?? `${volumePrefix}${suffix(random)}`;
  for (const container of without) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
  }
  if (!present) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

const hasMount = (container: Container) =>
  container.volumeMounts?.some((mount) => mount.mountPath === mountPath) ?? false;

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume */
const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
});

/** No vowels and nothing that looks like one: no words come out. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';
function suffix(random: () => number): string {
  let text = '';
  while (text.length < 5) text += letters[Math.floor(random() * letters.length)];
  return text;
}
