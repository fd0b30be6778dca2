/**
 * Who a container runs as. Names are looked up in the image's own /etc/passwd and /etc/group.
 * https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
 */
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerConfig } from '../../contract.ts';

/** The texts of the image's files; empty where there is none. */
export interface Accounts {
  passwd: string;
  group: string;
}

/** Throws Kubernetes' own message when `runAsNonRoot` is broken. */
export function containerUser(
  pod: Pod,
  container: Container,
  imageUser: string,
  accounts: Accounts,
): ContainerConfig['user'] {
  const ofPod = pod.spec?.securityContext;
  const own = container.securityContext;
  const runAsUser = own?.runAsUser ?? ofPod?.runAsUser;
  const runAsGroup = own?.runAsGroup ?? ofPod?.runAsGroup;
  const [imageName = '', imageGroup = ''] = imageUser.split(':');
  const who = runAsUser === undefined ? imageName : `${runAsUser}`;
  if (own?.runAsNonRoot ?? ofPod?.runAsNonRoot) refuseRoot(pod, container, runAsUser, imageName);

  const entry = passwdEntry(accounts.passwd, who);
  if (!entry && who !== '' && !isNumber(who))
    throw new Error(`unable to find user ${who}: no matching entries in passwd file`);
  const uid = entry?.uid ?? (who === '' ? 0 : Number(who));
  const group =
    runAsGroup ?? (runAsUser === undefined && imageGroup ? groupId(accounts.group, imageGroup) : undefined);
  const merged = ofPod?.supplementalGroupsPolicy === 'Strict' ? [] : groupsOf(accounts.group, entry?.name);
  const gid = group ?? entry?.gid ?? 0;
  const more = [...merged, ...(ofPod?.supplementalGroups ?? [])];
  if (ofPod?.fsGroup !== undefined) more.push(ofPod.fsGroup);
  return { uid, gid, additionalGids: [...new Set(more)] };
}

function refuseRoot(pod: Pod, { name }: Container, runAsUser: number | undefined, imageUser: string): void {
  const { metadata } = pod;
  const where = `(pod: "${metadata.name}_${metadata.namespace}(${metadata.uid})", container: ${name})`;
  if (runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
  if (runAsUser !== undefined) return;
  if (imageUser === '' || imageUser === '0' || imageUser === 'root')
    throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
  if (!isNumber(imageUser))
    throw new Error(
      `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root ${where}`,
    );
}

const isNumber = (text: string) => /^\d+$/.test(text);

const lines = (text: string) => text.split('\n').map((line) => line.split(':'));

function passwdEntry(passwd: string, who: string): { name: string; uid: number; gid: number } | undefined {
  const wanted = who === '' ? '0' : who;
  const found = lines(passwd).find(([name, , uid]) => (isNumber(wanted) ? uid === wanted : name === wanted));
  return found && { name: found[0] ?? '', uid: Number(found[2]), gid: Number(found[3]) };
}

function groupId(group: string, wanted: string): number {
  if (isNumber(wanted)) return Number(wanted);
  const found = lines(group).find(([name]) => name === wanted);
  if (!found) throw new Error(`unable to find group ${wanted}: no matching entries in group file`);
  return Number(found[2]);
}

function groupsOf(group: string, user: string | undefined): number[] {
  if (user === undefined) return [];
  return lines(group)
    .filter(([, , , members]) => members?.split(',').includes(user))
    .map(([, , gid]) => Number(gid));
}
