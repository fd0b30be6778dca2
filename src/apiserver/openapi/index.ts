/** The API as OpenAPI documents: `/openapi/v2` and `/openapi/v3`. Built when somebody first asks. */
import type { Kind } from '../../api/kind.ts';
import type { Answer, ApiRequest, TextAnswer } from '../contract.ts';
import { mediaTypeOf, notAcceptable } from '../wire/index.ts';
import { AllDocuments } from './all.ts';
import type { Form, Stored } from './documents.ts';

/** Documents live as long as the list of kinds that they describe. */
const documentsOf = new WeakMap<readonly Kind[], AllDocuments>();

const protobufV2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** By what clients accept. The name with an @ is no media type, but is what kubectl asks for. */
const formsV2: Readonly<Record<string, Form>> = {
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf': 'protobuf',
  [protobufV2]: 'protobuf',
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
};

/** The answer, if the path is one of OpenAPI's and what it names is served. */
export async function openapiAnswer(
  request: ApiRequest,
  kinds: readonly Kind[],
): Promise<Answer | undefined> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  if (!/^\/openapi\/v[23](\/|$)/.test(request.path)) return undefined;
  let documents = documentsOf.get(kinds);
  if (!documents) documentsOf.set(kinds, (documents = new AllDocuments(kinds)));

  const path = request.path.replace(/\/+$/, '');
  if (path === '/openapi/v2') return answerV2(request, documents);
  if (!accepted(request).some((type) => formsV2[type] === 'json')) return unacceptable();
  if (path === '/openapi/v3') return json(JSON.stringify(await documents.index()));
  return answerV3(request, documents, path.slice('/openapi/v3/'.length));
}

const accepted = (request: ApiRequest) => (request.headers['accept'] || '*/*').split(',').map(mediaTypeOf);

const unacceptable = (): Answer => ({ code: 406, object: notAcceptable().status });

const json = (body: string | Uint8Array): TextAnswer => ({
  code: 200,
  contentType: 'application/json',
  body,
});

async function answerV2(request: ApiRequest, documents: AllDocuments): Promise<Answer> {
  const form = accepted(request)
    .map((type) => formsV2[type])
    .find((known) => known !== undefined);
  if (!form) return unacceptable();
  const stored = await documents.v2(form);
  return answer(request, stored, form === 'json' ? 'application/json' : protobufV2);
}

async function answerV3(
  request: ApiRequest,
  documents: AllDocuments,
  name: string,
): Promise<Answer | undefined> {
  const stored = await documents.v3(name);
  if (!stored) return undefined;
  const wanted = request.query.get('hash');
  if (wanted === null) return answer(request, stored, 'application/json');
  // The hash of a document that is no more: what it became stands under its own.
  if (wanted !== stored.hash) return moved(`/openapi/v3/${name}?hash=${stored.hash}`);
  const found = answer(request, stored, 'application/json');
  return { ...found, headers: { ...found.headers, 'cache-control': 'public, immutable' } };
}

const moved = (location: string): TextAnswer => ({
  code: 301,
  contentType: 'text/plain',
  body: '',
  headers: { location },
});

function answer(request: ApiRequest, { hash, bytes }: Stored, contentType: string): TextAnswer {
  const headers = { etag: `"${hash}"`, vary: 'Accept' };
  if (request.headers['if-none-match'] === headers.etag) return { code: 304, contentType, body: '', headers };
  return { code: 200, contentType, body: bytes, headers };
}
