/** https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/ */
import { type FieldError, fieldDuplicate, fieldInvalid, fieldRequired } from '../../errors.ts';
import type { PodSpec } from '../../types.ts';
import { each } from '../../validate/checks.ts';

const longest = 253;
const shape = String.raw`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`;
const isShaped = new RegExp(shape);

export function validateSysctls(
  field: string,
  { securityContext, hostNetwork, hostIPC }: PodSpec,
): FieldError[] {
  const seen = new Set<string>();
  return each(field, securityContext?.sysctls, ({ name }, at) => {
    const wrong = validateName(`${at}.name`, name, seen.has(name));
    const refuse = (why: string) =>
      wrong.push(fieldInvalid(`${at}.name`, name, `may not be specified when '${why}' is true`));
    if (hostNetwork && isOfNetwork(name)) refuse('hostNetwork');
    if (hostIPC && isOfIPC(name)) refuse('hostIPC');
    seen.add(name);
    return wrong;
  });
}

function validateName(field: string, name: string, isKnown: boolean): FieldError[] {
  if (!name) return [fieldRequired(field)];
  if (name.length > longest || !isShaped.test(name))
    return [fieldInvalid(field, name, `must have at most ${longest} characters and match regex ${shape}`)];
  return isKnown ? [fieldDuplicate(field, name)] : [];
}

/** They belong to the node, if the pod has no namespace of its own. https://man7.org/linux/man-pages/man7/namespaces.7.html */
const isOfNetwork = (name: string) => /^net[./]/.test(name);
const isOfIPC = (name: string) => /^(kernel[./](shm|msg|sem$)|fs[./]mqueue[./])/.test(name);
