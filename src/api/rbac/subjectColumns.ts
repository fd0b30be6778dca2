/** Whom a binding gives its role to, as `-o wide` prints it. */
import type { Column } from '../kind.ts';
import type { KubeObject, Subject } from '../types.ts';

interface Binding extends KubeObject {
  subjects?: Subject[];
}

const named = (kind: string, { subjects = [] }: Binding): string =>
  subjects
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name))
    .join(', ');

export const subjectColumns: readonly Column<Binding>[] = [
  { name: 'Users', priority: 1, description: 'Users that have the role.', value: (b) => named('User', b) },
  { name: 'Groups', priority: 1, description: 'Groups that have the role.', value: (b) => named('Group', b) },
  {
    name: 'ServiceAccounts',
    priority: 1,
    description: 'Service accounts that have the role.',
    value: (b) => named('ServiceAccount', b),
  },
];
