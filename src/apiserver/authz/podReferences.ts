/**
 * What a pod names and its kubelet must therefore read: Secrets, ConfigMaps and claims of its own
 * namespace, and its service account.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import { claimNameOf } from '../../api/core/pod/claims.ts';
import type { Pod } from '../../api/types.ts';

/** `secrets/shop/tls` */
export type Reference = string;

export const referenceTo = (plural: string, namespace: string, name: string): Reference =>
  `${plural}/${namespace}/${name}`;

type Spec = NonNullable<Pod['spec']>;
type Container = Pick<Spec['containers'][number], 'env' | 'envFrom'>;
type Volume = NonNullable<Spec['volumes']>[number];

export function* podReferences({ metadata, spec }: Pod): Generator<Reference> {
  if (!spec) return;
  const { name: podName, namespace = '' } = metadata;
  const of = (plural: string, name: string | undefined): Reference[] =>
    name ? [referenceTo(plural, namespace, name)] : [];
  yield* of('serviceaccounts', spec.serviceAccountName);
  for (const { name } of spec.imagePullSecrets ?? []) yield* of('secrets', name);
  for (const container of containersOf(spec)) {
    for (const { secretRef, configMapRef } of container.envFrom ?? []) {
      yield* of('secrets', secretRef?.name);
      yield* of('configmaps', configMapRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      yield* of('secrets', valueFrom?.secretKeyRef?.name);
      yield* of('configmaps', valueFrom?.configMapKeyRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    for (const name of secretsOf(volume)) yield* of('secrets', name);
    for (const name of configMapsOf(volume)) yield* of('configmaps', name);
    yield* of('persistentvolumeclaims', claimNameOf(volume, podName));
  }
}

const containersOf = ({ initContainers = [], containers, ephemeralContainers = [] }: Spec): Container[] => [
  ...initContainers,
  ...containers,
  ...ephemeralContainers,
];

const secretsOf = (volume: Volume): (string | undefined)[] => [
  volume.secret?.secretName,
  ...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name),
  volume.csi?.nodePublishSecretRef?.name,
  volume.azureFile?.secretName,
  volume.cephfs?.secretRef?.name,
  volume.cinder?.secretRef?.name,
  volume.flexVolume?.secretRef?.name,
  volume.iscsi?.secretRef?.name,
  volume.rbd?.secretRef?.name,
  volume.scaleIO?.secretRef?.name,
  volume.storageos?.secretRef?.name,
];

const configMapsOf = (volume: Volume): (string | undefined)[] => [
  volume.configMap?.name,
  ...(volume.projected?.sources ?? []).map(({ configMap }) => configMap?.name),
];
