/**
 * The webhooks and policies that there are: kept by a watch, so that a request which concerns none of
 * them finds that out by one look into a set.
 */
import type { Resource } from '../../../api/resource.ts';
import {
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  mutatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '../../../api/resource.ts';
import type {
  KubeObject,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../../../api/types.ts';
import type { Follower } from '../../authz/follow.ts';
import { prefixOf } from '../../object/keys.ts';
import type { Operation } from '../contract.ts';
import type { Rule } from './match.ts';

/** A webhook of either sort; those that validate have no `reinvocationPolicy`. */
export type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];

export interface Hook {
  /** Tells it from all others, as long as its configuration does not change. */
  readonly key: string;
  readonly webhook: Webhook;
}

interface Bound<P, B> {
  readonly policy: P;
  readonly bindings: readonly B[];
}

export type BoundPolicy = Bound<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>;
export type BoundMutatingPolicy = Bound<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>;

/** Things of one sort, and whether any of them may be about an operation. */
interface Sorted<T> {
  /** By the name of their configuration. */
  readonly all: readonly T[];
  mayConcern(operation: Operation): boolean;
}

export interface Configurations extends Follower {
  readonly mutating: Sorted<Hook>;
  readonly validating: Sorted<Hook>;
  readonly policies: Sorted<BoundPolicy>;
  readonly mutatingPolicies: Sorted<BoundMutatingPolicy>;
}

export function configurations(): Configurations {
  const mutating = kept<MutatingWebhookConfiguration>(mutatingWebhookConfigurations);
  const validating = kept<ValidatingWebhookConfiguration>(validatingWebhookConfigurations);
  const policies = kept<ValidatingAdmissionPolicy>(validatingAdmissionPolicies);
  const bindings = kept<ValidatingAdmissionPolicyBinding>(validatingAdmissionPolicyBindings);
  const changing = kept<MutatingAdmissionPolicy>(mutatingAdmissionPolicies);
  const changingBindings = kept<MutatingAdmissionPolicyBinding>(mutatingAdmissionPolicyBindings);
  const all: readonly Kept<KubeObject>[] = [
    ...[mutating, validating, policies, bindings],
    ...[changing, changingBindings],
  ];
  let sorted: Omit<Configurations, keyof Follower> | undefined;
  const now = () => {
    sorted ??= {
      mutating: sortedOf(hooksOf(mutating), ({ webhook }) => webhook.rules ?? []),
      validating: sortedOf(hooksOf(validating), ({ webhook }) => webhook.rules ?? []),
      policies: sortedOf(boundOf(policies, bindings), rulesOfPolicy),
      mutatingPolicies: sortedOf(boundOf(changing, changingBindings), rulesOfPolicy),
    };
    return sorted;
  };
  const keeperOf = ({ kind }: KubeObject) => all.find(({ resource }) => resource.kind === kind);
  return {
    get mutating() {
      return now().mutating;
    },
    get validating() {
      return now().validating;
    },
    get policies() {
      return now().policies;
    },
    get mutatingPolicies() {
      return now().mutatingPolicies;
    },
    prefixes: all.map(({ resource }) => prefixOf(resource)),
    set(object) {
      keeperOf(object)?.objects.set(object.metadata.name, object);
      sorted = undefined;
    },
    remove(object) {
      keeperOf(object)?.objects.delete(object.metadata.name);
      sorted = undefined;
    },
    clear() {
      for (const { objects } of all) objects.clear();
      sorted = undefined;
    },
  };
}

interface Kept<T extends KubeObject> {
  readonly resource: Resource;
  readonly objects: Map<string, T>;
}

const kept = <T extends KubeObject>(resource: Resource): Kept<T> => ({ resource, objects: new Map() });

const inOrder = <T extends KubeObject>({ objects }: Kept<T>): T[] =>
  [...objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

const hooksOf = (kept: Kept<MutatingWebhookConfiguration | ValidatingWebhookConfiguration>): Hook[] =>
  inOrder(kept).flatMap(({ metadata, webhooks = [] }) =>
    webhooks.map((webhook) => ({
      key: `${metadata.uid}/${metadata.resourceVersion}/${webhook.name}`,
      webhook: webhook as Webhook,
    })),
  );

const rulesOfPolicy = ({ policy }: BoundPolicy | BoundMutatingPolicy): readonly Rule[] =>
  policy.spec?.matchConstraints?.resourceRules ?? [];

type BindingLike = KubeObject & { spec?: { policyName?: string } };

const boundOf = <P extends KubeObject, B extends BindingLike>(
  policies: Kept<P>,
  bindings: Kept<B>,
): Bound<P, B>[] =>
  inOrder(policies)
    .map((policy) => ({
      policy,
      bindings: inOrder(bindings).filter(({ spec }) => spec?.policyName === policy.metadata.name),
    }))
    .filter(({ bindings }) => bindings.length > 0);

function sortedOf<T>(all: readonly T[], rulesOf: (one: T) => readonly Rule[]): Sorted<T> {
  const plurals = new Set(
    all.flatMap(rulesOf).flatMap(({ resources = [] }) => resources.map((resource) => resource.split('/')[0])),
  );
  return {
    all,
    mayConcern: ({ kind: { resource }, verb, subresource }) =>
      plurals.size > 0 &&
      // What an eviction writes on its way is nobody's request.
      !(subresource === 'eviction' && verb === 'update') &&
      (plurals.has(resource.plural) || plurals.has('*')) &&
      resource.group !== 'admissionregistration.k8s.io',
  };
}
