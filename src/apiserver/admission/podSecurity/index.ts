/**
 * Pods are held to the level that their namespace's labels ask for; those who make pods are warned.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../../../api/errors.ts';
import { namespaces, pods } from '../../../api/resource.ts';
import type { KubeObject, Namespace, Pod, PodTemplateSpec } from '../../../api/types.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { isAbout, objectOf, refuse } from '../operation.ts';
import type { StoredObjects } from '../stored.ts';
import { describe, type Policy, violations } from './evaluate.ts';
import { isStricter, policyOf, wrongLabels } from './labels.ts';

interface PodSecurityDeps extends Pick<StoredObjects, 'list'> {
  namespace(name: string): Promise<Namespace | undefined>;
}

export function podSecurity(deps: PodSecurityDeps): AdmissionPlugin {
  const labelsOf = async ({ namespace = '' }: Operation) =>
    (await deps.namespace(namespace))?.metadata.labels;
  return {
    name: 'PodSecurity',
    handles: (operation) =>
      operation.verb !== 'delete' &&
      (isAbout(operation, pods) ||
        isAbout(operation, pods, 'ephemeralcontainers') ||
        isAbout(operation, namespaces) ||
        (operation.subresource === undefined && templated.has(nameOf(operation)))),
    admit: () => undefined,
    /** What plugins and webhooks made of it is judged, not what was sent. */
    async validate(operation) {
      if (isAbout(operation, namespaces)) return judgeNamespace(operation, deps);
      if (isUnchanged(operation)) return;
      const template = templateOf(operation);
      if (!template?.spec) return;
      const labels = await labelsOf(operation);
      const isPod = operation.kind.resource.plural === pods.plural;
      if (isPod) enforce(operation, policyOf(labels, 'enforce'), template);
      tell(operation, template, policyOf(labels, 'audit'), policyOf(labels, 'warn'));
    },
  };
}

/** Kinds that make pods: they are let in, and their pods may not be. */
const templated: ReadonlySet<string> = new Set([
  'podtemplates.',
  'replicationcontrollers.',
  'replicasets.apps',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
]);

const nameOf = ({ kind: { resource } }: Operation): string => `${resource.plural}.${resource.group}`;

/** Labels and the like decide nothing, and neither does a status. */
function isUnchanged({ object, old }: Operation): boolean {
  const judged = (o: KubeObject) => [(o as Pod).spec, o.metadata.annotations];
  return old !== undefined && isDeepStrictEqual(judged(object), judged(old));
}

type Template = Pick<PodTemplateSpec, 'metadata' | 'spec'>;

interface Templated extends KubeObject {
  template?: Template;
  spec?: { template?: Template; jobTemplate?: { spec?: { template?: Template } } };
}

function templateOf(operation: Operation): Template | undefined {
  if (operation.kind.resource.plural === pods.plural) return objectOf(operation, pods);
  const { template, spec } = operation.object as Templated;
  return template ?? spec?.template ?? spec?.jobTemplate?.spec?.template;
}

function enforce(operation: Operation, policy: Policy, { spec, metadata }: Template): void {
  const { details } = violations(policy, spec ?? { containers: [] }, metadata);
  operation.notes?.auditAnnotations.set('pod-security.kubernetes.io/enforce-policy', describe(policy));
  if (details.length > 0)
    throw refuse(operation, `violates PodSecurity "${describe(policy)}": ${details.join(', ')}`);
}

function tell({ notes }: Operation, { spec, metadata }: Template, audit: Policy, warn: Policy): void {
  const said = (policy: Policy) => {
    const { details } = violations(policy, spec ?? { containers: [] }, metadata);
    return details.length > 0
      ? `would violate PodSecurity "${describe(policy)}": ${details.join(', ')}`
      : undefined;
  };
  const [audited, warned] = [said(audit), said(warn)];
  if (audited) notes?.auditAnnotations.set('pod-security.kubernetes.io/audit-violations', audited);
  if (warned) notes?.warnings.add(warned);
}

/** Labels must mean something; who tightens them hears of pods that are there already. */
async function judgeNamespace(operation: Operation, { list }: PodSecurityDeps): Promise<void> {
  const { metadata } = objectOf(operation, namespaces);
  const wrong = wrongLabels(metadata.labels);
  if (wrong.length > 0 && !isSameLabels(operation)) throw invalid(namespaces, metadata.name, wrong);
  if (!operation.old) return;
  const policy = policyOf(metadata.labels, 'enforce');
  if (!isStricter(policy, policyOf(operation.old.metadata.labels, 'enforce'))) return;
  const { items } = await list(pods, metadata.name);
  for (const warning of violatorsOf(items, metadata.name, policy)) operation.notes?.warnings.add(warning);
}

const isSameLabels = ({ object, old }: Operation): boolean =>
  old !== undefined && isDeepStrictEqual(object.metadata.labels, old.metadata.labels);

/** One line for all pods that violate the same: `web-0 (and 2 other pods): privileged`. */
function violatorsOf(items: readonly Pod[], namespace: string, policy: Policy): string[] {
  const byReason = new Map<string, string[]>();
  for (const { metadata, spec } of items) {
    const { reasons } = violations(policy, spec ?? { containers: [] }, metadata);
    if (reasons.length === 0) continue;
    const reason = reasons.join(', ');
    byReason.set(reason, [...(byReason.get(reason) ?? []), metadata.name]);
  }
  if (byReason.size === 0) return [];
  const lines = [...byReason].map(([reason, names]) => {
    const others = names.length - 1;
    const more = others === 0 ? '' : ` (and ${others} other ${others === 1 ? 'pod' : 'pods'})`;
    return `${names.toSorted()[0]}${more}: ${reason}`;
  });
  return [
    `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${describe(policy)}"`,
    ...lines.toSorted(),
  ];
}
