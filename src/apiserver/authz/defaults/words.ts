/** Rules in few words. */
import type { PolicyRule } from '../../../api/types.ts';

const reading = ['get', 'list', 'watch'];
export const writing = ['create', 'delete', 'deletecollection', 'patch', 'update'];
export const readingAndWriting = [...writing, ...reading].toSorted();

/** `rule('get list', 'apps', 'deployments', 'deployments/scale')` */
export const rule = (verbs: string, apiGroup: string, ...resources: string[]): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [apiGroup],
  resources,
});

export const read = (apiGroup: string, ...resources: string[]): PolicyRule =>
  rule(reading.join(' '), apiGroup, ...resources);

export const write = (apiGroup: string, ...resources: string[]): PolicyRule =>
  rule(writing.join(' '), apiGroup, ...resources);

export const create = (apiGroup: string, ...resources: string[]): PolicyRule =>
  rule('create', apiGroup, ...resources);

/** The same rule, for these objects only. */
export const only = (given: PolicyRule, ...resourceNames: string[]): PolicyRule => ({
  ...given,
  resourceNames,
});

export const get = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs });

/** Events are written in both of their groups. */
export const writeEvents: PolicyRule = {
  verbs: ['create', 'patch', 'update'],
  apiGroups: ['', 'events.k8s.io'],
  resources: ['events'],
};

export const everything: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];
