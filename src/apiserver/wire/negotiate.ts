/**
 * What an `Accept` header asks for.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
import { StatusError } from '../../api/errors.ts';

type View = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';

export interface Negotiated {
  format: 'json' | 'yaml' | 'protobuf';
  /** In what shape, if not as it is. */
  as?: View;
  /** Of the shape: `v1` for a Table. */
  version?: string;
}

/** Which shapes can be had, and in which versions, by the name of their group and their own. */
type Views = Readonly<Record<string, readonly string[]>>;

/** What every resource can be had as. */
const resourceViews: Views = {
  'meta.k8s.io/Table': ['v1', 'v1beta1'],
  'meta.k8s.io/PartialObjectMetadata': ['v1', 'v1beta1'],
  'meta.k8s.io/PartialObjectMetadataList': ['v1', 'v1beta1'],
};

/** What `/api` and `/apis` can be had as. */
export const discoveryViews: Views = { 'apidiscovery.k8s.io/APIGroupDiscoveryList': ['v2', 'v2beta1'] };

const formats: Readonly<Record<string, Negotiated['format']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
};

/**
 * The best answer to an `Accept` header; undefined when nothing fits (406). Protobuf is spoken only to who
 * accepts nothing else: an object's JSON text is there already.
 */
export function negotiate(accept: string | undefined, views: Views = resourceViews): Negotiated | undefined {
  if (!accept?.trim()) return { format: 'json' };
  const fitting = accept
    .split(',')
    .map(clauseOf)
    .filter((clause) => clause.quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map((clause) => answerTo(clause, views))
    .filter((answer) => answer !== undefined);
  return fitting.find((answer) => answer.format !== 'protobuf') ?? fitting[0];
}

interface Clause {
  mediaType: string;
  parameters: ReadonlyMap<string, string>;
  quality: number;
}

function clauseOf(text: string): Clause {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { mediaType: mediaType.toLowerCase(), parameters, quality };
}

function answerTo({ mediaType, parameters }: Clause, views: Views): Negotiated | undefined {
  const format = formats[mediaType];
  if (!format) return undefined;
  const as = parameters.get('as');
  if (!as) return { format };
  const version = parameters.get('v') ?? '';
  const versions = views[`${parameters.get('g') ?? ''}/${as}`];
  // A Table's cells are of any type, which protobuf cannot say.
  if (!versions?.includes(version) || (format === 'protobuf' && as === 'Table')) return undefined;
  return { format, as: as as View, version };
}

export const mediaTypes = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
] as const;

export const notAcceptable = (): StatusError =>
  new StatusError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${mediaTypes.join(', ')}`,
  );
