/** The part of an AdmissionReview that expressions see too, as `request`. */
import type { Kind } from '../../../api/kind.ts';
import type { Asked } from './asked.ts';

/** `form` is what was asked in the form that the rules name; `asked` as the request itself said it. */
export function requestOf(asked: Asked, form: Asked) {
  const subResource = asked.subresource ?? '';
  return {
    kind: form.objectKind,
    resource: resourceOf(form.kind),
    subResource,
    requestKind: asked.objectKind,
    requestResource: resourceOf(asked.kind),
    requestSubResource: subResource,
    name: asked.name,
    namespace: asked.namespace ?? '',
    operation: asked.operation,
    userInfo: asked.userInfo,
    dryRun: asked.dryRun,
    options: asked.options,
  };
}

const resourceOf = ({ resource: { group, version, plural } }: Kind) => ({ group, version, resource: plural });
