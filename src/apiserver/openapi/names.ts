/** What definitions are called, and of which group, version and kind they are. */
import { messageOf, type ScalarType } from '../../api/message.ts';
import type { GroupVersionKind } from '../discovery/resources.ts';

/** Where the Go packages stand that the names come from. */
const packages: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  metrics: 'io.k8s.metrics.pkg.apis.metrics',
};

interface MessageName {
  /** `discovery` */
  readonly package: string;
  readonly version: string;
  readonly type: string;
}

function split(message: string): MessageName {
  const [, name = '', version = '', type = ''] = /^(.*)\/(.*)\.(.*)$/.exec(message) ?? [];
  return { package: name, version, type };
}

/** `io.k8s.api.core.v1.Service` for `core/v1.Service`. */
export function definitionName(message: string): string {
  const name = split(message);
  const usual = name.package.includes('.') ? name.package : `io.k8s.api.${name.package}`;
  return `${packages[name.package] ?? usual}.${name.version}.${name.type}`;
}

/** The definitions of the types that are no messages. */
export const scalarDefinitions: Partial<Record<ScalarType, string>> = {
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  duration: 'io.k8s.apimachinery.pkg.apis.meta.v1.Duration',
  fieldsV1: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  rawExtension: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  json: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
  schemaOrArray: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray',
  schemaOrBool: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool',
  schemaOrStrings: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray',
};

/**
 * The message of a kind. Groups are named by their first label: `discovery` for `discovery.k8s.io`. Somebody's
 * own domain is named backwards: `com.example.stable`.
 */
export const messageOfKind = ({ group, version, kind }: GroupVersionKind): string =>
  `${packageOf(group)}/${version}.${kind}`;

function packageOf(group: string): string {
  if (group.includes('.') && !group.endsWith('.k8s.io')) return group.split('.').toReversed().join('.');
  return group === '' ? 'core' : (group.split('.')[0] ?? '');
}

/** The kind of a message that is sent as a whole; none for one that only stands in others. */
export function kindOfMessage(message: string, groups: readonly string[]): GroupVersionKind | undefined {
  const { fields } = messageOf(message);
  if (!fields.some((field) => field.inline && field.number === 0)) return undefined;
  const name = split(message);
  const group = groups.find((g) => g.split('.')[0] === name.package) ?? name.package;
  const isCore = name.package === 'core' || name.package === 'meta';
  return { group: isCore ? '' : group, version: name.version, kind: name.type };
}
