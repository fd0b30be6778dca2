/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle */
import { notFound, StatusError } from '../../api/errors.ts';
import { namespaces } from '../../api/resource.ts';
import type { Namespace } from '../../api/types.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, refuse } from './operation.ts';

/** The cluster does not work without these. */
const undeletable = new Set(['default', 'kube-system', 'kube-public']);

export interface NamespaceLifecycleDeps {
  namespace(name: string): Promise<Namespace | undefined>;
}

/** Nothing is created in a namespace that is missing or ends; some namespaces stay for ever. */
export function namespaceLifecycle(deps: NamespaceLifecycleDeps): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: (operation) =>
      (operation.verb === 'create' && operation.kind.resource.namespaced && !operation.subresource) ||
      (operation.verb === 'delete' && isAbout(operation, namespaces)),
    async admit(operation) {
      if (operation.verb === 'delete') return refuseUndeletable(operation);
      const name = operation.namespace ?? '';
      const found = await deps.namespace(name);
      if (!found) throw notFound(namespaces, name);
      if (isTerminating(found)) throw terminating(operation, name);
      return undefined;
    },
  };
}

function refuseUndeletable(operation: Operation): undefined {
  if (undeletable.has(operation.object.metadata.name))
    throw refuse(operation, 'this namespace may not be deleted');
}

const isTerminating = ({ metadata, status }: Namespace) =>
  metadata.deletionTimestamp !== undefined || status?.phase === 'Terminating';

/** Clients find out by the cause that a retry is of no use. */
function terminating(operation: Operation, name: string): StatusError {
  const { status } = refuse(
    operation,
    `unable to create new content in namespace ${name} because it is being terminated`,
  );
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being terminated`,
    field: 'metadata.namespace',
  };
  return StatusError.from({ ...status, details: { ...status.details, causes: [cause] } });
}
