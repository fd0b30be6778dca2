/** The parameters of operations. kubectl looks for `dryRun` and `fieldValidation` before it sends them. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

const query = (name: string, description: string, type: Parameter['type'] = 'string'): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});

const dryRun = query(
  'dryRun',
  'When present, indicates that modifications should not be persisted. Valid value: All.',
);
const fieldManager = query('fieldManager', 'The name of the actor that makes these changes.');
const fieldValidation = query(
  'fieldValidation',
  'What to do about unknown or duplicate fields in the body: Ignore, Warn (the default) or Strict.',
);

export const named: Parameter = {
  name: 'name',
  in: 'path',
  type: 'string',
  description: 'The name of the object.',
};
export const inNamespace: Parameter = {
  name: 'namespace',
  in: 'path',
  type: 'string',
  description: 'The namespace that the object is in.',
};
/** What follows after `proxy`. */
export const furtherPath: Parameter = {
  name: 'path',
  in: 'path',
  type: 'string',
  description: 'The path that the request is passed on to.',
};
/** Of every path. */
export const inPath = [query('pretty', 'Whether the answer is indented: true or false.')];

export const creating = [dryRun, fieldManager, fieldValidation];
export const patching = [
  ...creating,
  query('force', 'Take fields from other managers, in a server-side apply.', 'boolean'),
];
export const getting: readonly Parameter[] = [];
export const deleting = [
  dryRun,
  query('gracePeriodSeconds', 'How long the object may take to end; 0 is at once.', 'integer'),
  query('propagationPolicy', 'What becomes of dependents: Orphan, Background or Foreground.'),
];
export const listing = [
  query('allowWatchBookmarks', 'Send bookmarks in a watch.', 'boolean'),
  query('continue', 'Where the next part of a list begins: from the metadata of the last part.'),
  query('fieldSelector', 'Only objects whose fields are these.'),
  query('labelSelector', 'Only objects whose labels are these.'),
  query('limit', 'How many objects a part of the list has at most.', 'integer'),
  query('resourceVersion', 'How new the list must be, or where a watch begins.'),
  query('resourceVersionMatch', 'How resourceVersion is meant.'),
  query('sendInitialEvents', 'Begin a watch with the objects that are there.', 'boolean'),
  query('timeoutSeconds', 'How long a watch goes on at most.', 'integer'),
  query('watch', 'Tell changes as they come, instead of a list.', 'boolean'),
];
