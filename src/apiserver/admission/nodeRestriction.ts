/**
 * A kubelet touches its own Node, its own Lease and the pods that are bound to it, even where the rules that
 * it has as a node would let it further.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
import { csiNodes, leases, nodes, persistentVolumes, pods } from '../../api/resource.ts';
import { directoryFinalizer } from '../../api/storage/localPath.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import { isSame } from '../../api/validate/checks.ts';
import { nodeNameOf } from '../authz/node.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, refuse } from './operation.ts';

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: (operation) => nodeNameOf(operation.user) !== undefined,
  admit(operation) {
    const nodeName = nodeNameOf(operation.user) ?? '';
    const why = refusalOf(operation, nodeName);
    if (why) throw refuse(operation, why);
    return undefined;
  },
};

function refusalOf(operation: Operation, nodeName: string): string | undefined {
  const { verb, object, old } = operation;
  const stored = old ?? object;
  if (isAbout(operation, nodes) || isAbout(operation, nodes, 'status')) {
    if (object.metadata.name !== nodeName)
      return `node "${nodeName}" is not allowed to modify node "${object.metadata.name}"`;
    const labels = restrictedChanges(object, old);
    if (labels.length > 0) return `node "${nodeName}" is not allowed to modify labels: ${labels.join(', ')}`;
  }
  if (isAbout(operation, csiNodes) && object.metadata.name !== nodeName) {
    return 'can only access CSINode with the same name as the requesting node';
  }
  if (isAbout(operation, leases) && object.metadata.name !== nodeName) {
    return 'can only access node lease with the same name as the requesting node';
  }
  if (isAbout(operation, pods, 'status') && nodeOf(stored) !== nodeName) {
    return `node "${nodeName}" can only update pod status for pods with spec.nodeName set to itself`;
  }
  if (
    isAbout(operation, pods, 'status') &&
    !isSame(object.metadata.labels ?? {}, stored.metadata.labels ?? {})
  ) {
    return `node "${nodeName}" cannot update labels through pod status`;
  }
  if (isAbout(operation, persistentVolumes) && old && !isSame(withoutOwnMark(object), withoutOwnMark(old))) {
    return `node "${nodeName}" can only add and remove the finalizer ${directoryFinalizer}`;
  }
  if (isAbout(operation, pods)) {
    if (verb === 'delete') {
      return nodeOf(stored) === nodeName
        ? undefined
        : `node "${nodeName}" can only delete pods with spec.nodeName set to itself`;
    }
    return `unexpected operation "${verb.toUpperCase()}", node "${nodeName}" can only delete pods`;
  }
  return undefined;
}

/** Labels by which pods are kept on nodes that their owner trusts: no node gives them to itself. */
const restrictedPrefix = /^([^/]*\.)?node-restriction\.kubernetes\.io\//;

function restrictedChanges({ metadata }: KubeObject, old: KubeObject | undefined): string[] {
  const [now, before] = [metadata.labels ?? {}, old?.metadata.labels ?? {}];
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...names].filter((name) => restrictedPrefix.test(name) && now[name] !== before[name]).sort();
}

/** The object but for what a node may change of a volume that it keeps. */
const withoutOwnMark = ({ metadata, ...rest }: KubeObject) => ({
  ...rest,
  metadata: {
    ...metadata,
    finalizers: (metadata.finalizers ?? []).filter((name) => name !== directoryFinalizer),
    managedFields: [],
  },
});

const nodeOf = (object: KubeObject) => (object as Pod).spec?.nodeName;
