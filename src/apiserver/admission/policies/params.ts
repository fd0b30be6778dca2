/**
 * The parameters that a binding gives to its policy.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources
 */
import type { Kind } from '../../../api/kind.ts';
import type { KindRegistry } from '../../../api/registry.ts';
import { labelSelector, matchesLabels } from '../../../api/selectors.ts';
import type {
  KubeObject,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../api/types.ts';
import type { Store } from '../../../store/contract.ts';
import { keyOf, placeOf, prefixOf } from '../../object/keys.ts';

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type ParamRef = NonNullable<NonNullable<ValidatingAdmissionPolicyBinding['spec']>['paramRef']>;

export interface ParamDeps {
  kinds: Pick<KindRegistry, 'for'>;
  store: Store;
}

/**
 * The policy is asked once with each; not at all when there are none and the binding allows that.
 * @throws {Error} saying what is wrong with the configuration.
 */
export async function paramsOf(
  { paramKind }: Pick<Spec, 'paramKind'>,
  { paramRef }: { paramRef?: ParamRef },
  requestNamespace: string | undefined,
  { kinds, store }: ParamDeps,
): Promise<readonly (KubeObject | null)[]> {
  if (!paramKind || !paramRef) return [null];
  const { apiVersion = '', kind: name = '' } = paramKind;
  const kind = kinds.for(apiVersion, name);
  if (!kind)
    throw new Error(
      `failed to configure policy: failed to find resource referenced by paramKind: '${apiVersion}, Kind=${name}'`,
    );
  const namespace = namespaceOf(kind, paramRef.namespace, requestNamespace);
  const found = await read(store, kind, namespace, paramRef);
  if (found.length === 0 && paramRef.parameterNotFoundAction !== 'Allow')
    throw new Error(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    );
  return found;
}

function namespaceOf({ resource }: Kind, named: string | undefined, ofRequest: string | undefined) {
  const wrong = (why: string) => new Error(`failed to configure binding: ${why}`);
  if (!resource.namespaced) {
    if (named) throw wrong('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return undefined;
  }
  const namespace = named || ofRequest;
  if (!namespace)
    throw wrong('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  return namespace;
}

async function read(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  { name, selector }: ParamRef,
): Promise<readonly KubeObject[]> {
  const served = async (objects: readonly KubeObject[]) =>
    kind.stored && objects.length > 0 ? kind.stored.toServed(objects) : objects;
  if (name) {
    const entry = await store.get(keyOf(placeOf(kind), namespace, name));
    return served(entry ? [entry.object] : []);
  }
  const wanted = labelSelector(selector);
  const { entries } = await store.list(prefixOf(placeOf(kind), namespace));
  return served(
    entries.map(({ object }) => object).filter(({ metadata }) => matchesLabels(wanted, metadata.labels)),
  );
}
