/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#limitranger */
import { claimProblems, fillIn, podProblems } from '../../api/core/limitrange/enforce.ts';
import { limitRanges, persistentVolumeClaims, pods } from '../../api/resource.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, objectOf, refuse } from './operation.ts';
import type { StoredObjects } from './stored.ts';

export function limitRanger({ list }: Pick<StoredObjects, 'list'>): AdmissionPlugin {
  const ranges = async ({ namespace }: Operation) => (await list(limitRanges, namespace)).items;
  return {
    name: 'LimitRanger',
    // What the containers of a pod may use is decided when it is made.
    handles: (operation) =>
      (operation.verb === 'create' && isAbout(operation, pods)) ||
      (operation.verb !== 'delete' && isAbout(operation, persistentVolumeClaims)),
    async admit(operation) {
      if (!isAbout(operation, pods)) return undefined;
      for (const range of await ranges(operation)) fillIn(objectOf(operation, pods), range);
      return undefined;
    },
    /** What webhooks made of it counts too. */
    async validate(operation) {
      const problems = (await ranges(operation)).flatMap((range) =>
        isAbout(operation, pods)
          ? podProblems(objectOf(operation, pods), range)
          : claimProblems(objectOf(operation, persistentVolumeClaims), range),
      );
      const told = [...new Set(problems)];
      if (told.length > 0) throw refuse(operation, told.length === 1 ? `${told[0]}` : `[${told.join(', ')}]`);
    },
  };
}
