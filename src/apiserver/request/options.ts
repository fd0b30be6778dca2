/** The options of a request, as an object of their own: `meta.k8s.io/v1.CreateOptions` and its like. */
import type { ApiRequest } from '../contract.ts';
import { decodeBody } from '../wire/index.ts';

const kinds: Readonly<Partial<Record<ApiRequest['method'], string>>> = {
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
  PATCH: 'PatchOptions',
  DELETE: 'DeleteOptions',
};

export function optionsOf(request: ApiRequest): object {
  const { method, query } = request;
  const texts = ['fieldManager', 'fieldValidation', 'propagationPolicy'].flatMap((name) =>
    query.get(name) ? [[name, query.get(name)]] : [],
  );
  return {
    kind: kinds[method],
    apiVersion: 'meta.k8s.io/v1',
    ...Object.fromEntries(texts),
    ...(query.get('dryRun') && { dryRun: query.getAll('dryRun') }),
    ...(query.get('force') && { force: query.get('force') === 'true' }),
    ...(method === 'DELETE' && deleteOptions(request)),
  };
}

/** They stand in the body, which has been read before and found well. */
function deleteOptions({ body, headers, object }: ApiRequest): object {
  const sent =
    object ??
    (body.length > 0 &&
      decodeBody({
        contentType: headers['content-type'],
        body,
        hint: { apiVersion: 'v1', kind: 'DeleteOptions' },
      }).object);
  if (typeof sent !== 'object' || sent === null) return {};
  const { kind: _, apiVersion: __, ...said } = sent as { kind?: unknown; apiVersion?: unknown };
  return said;
}
