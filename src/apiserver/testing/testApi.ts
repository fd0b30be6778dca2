/** An API server for tests: YAML in, objects out, no sockets. */
import type { Status } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import type { Store } from '../../store/contract.ts';
import { openMemory } from '../../store/index.ts';
import type { HandlerDeps } from '../call.ts';
import type { Answer, ApiRequest, Handler, ServedEvent, User } from '../contract.ts';
import { createHandler } from '../handler.ts';

/** An object as tests look at it. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into objects of every kind
export type Loose = Record<string, any>;

export const admin: User = { name: 'admin', groups: ['system:masters'] };

export interface Reply {
  code: number;
  object: Loose;
  warnings: readonly string[];
}

export interface TestApi {
  readonly handler: Handler;
  readonly store: Store;
  readonly clock: FakeClock;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, yaml: string): Promise<Reply>;
  put(path: string, yaml: string): Promise<Reply>;
  /** JSON text; the type is `merge` unless told. */
  patch(path: string, patch: string, type?: 'json' | 'merge' | 'strategic-merge'): Promise<Reply>;
  /** Server-side apply. */
  apply(path: string, yaml: string): Promise<Reply>;
  delete(path: string, yaml?: string): Promise<Reply>;
  ask(request: Partial<ApiRequest> & { url: string }): Promise<Answer>;
  /** The events of a watch; `next(n)` resolves with the following n, told in a few words. */
  watch(path: string): Promise<Watched>;
  close(): Promise<void>;
}

export interface Watched {
  next(count: number): Promise<string[]>;
  nextEvents(count: number): Promise<{ type: string; object: Loose }[]>;
  stop(): void;
}

export function testApi(deps: Partial<HandlerDeps> = {}): TestApi {
  const clock = new FakeClock();
  const store = deps.store ?? openMemory({ clock, history: { changes: 100, characters: 1e7 } });
  let ids = 0;
  const handler = createHandler({
    store,
    clock,
    authorizer: { authorize: () => ({ allowed: true, reason: '' }) },
    ids: { uid: () => `uid-${++ids}`, suffix: () => `gen${String(++ids).padStart(2, '0')}` },
    ...deps,
  });

  const ask: TestApi['ask'] = ({ url, ...request }) => {
    const [path = '', query = ''] = url.split('?');
    return handler({
      method: 'GET',
      path,
      query: new URLSearchParams(query),
      headers: {},
      user: admin,
      body: new Uint8Array(),
      signal: new AbortController().signal,
      ...request,
    });
  };
  const askObject = async (
    method: ApiRequest['method'],
    url: string,
    body?: string,
    type = 'application/yaml',
  ) =>
    replyOf(
      await ask({
        method,
        url,
        headers: { 'content-type': type },
        body: Buffer.from(body ?? ''),
      }),
    );

  return {
    handler,
    store,
    clock,
    ask,
    get: async (url, headers = {}) => replyOf(await ask({ url, headers })),
    post: (url, yaml) => askObject('POST', url, yaml),
    put: (url, yaml) => askObject('PUT', url, yaml),
    patch: (url, patch, type = 'merge') => askObject('PATCH', url, patch, `application/${type}-patch+json`),
    apply: (url, yaml) => askObject('PATCH', url, yaml, 'application/apply-patch+yaml'),
    delete: (url, yaml) => askObject('DELETE', url, yaml),
    watch: (url) => watched(ask, url),
    close: () => store.close(),
  };
}

function replyOf(answer: Answer): Reply {
  if (!('object' in answer)) throw new Error('the answer is no object');
  const text = answer.json ?? (answer.jsonParts && [...answer.jsonParts()].join(''));
  // What goes over the wire is what is tested; text that was made beforehand must say the same.
  const object = JSON.parse(text ?? JSON.stringify(answer.object)) as Loose;
  return { code: answer.code, object, warnings: answer.warnings ?? [] };
}

async function watched(ask: TestApi['ask'], url: string): Promise<Watched> {
  const stop = new AbortController();
  const answer = await ask({ url, signal: stop.signal });
  if (!('events' in answer)) throw new Error(`no watch: ${JSON.stringify(answer)}`);
  const batches = answer.events[Symbol.asyncIterator]();
  const waiting: ServedEvent[] = [];
  const nextEvents = async (count: number) => {
    while (waiting.length < count) {
      const { value, done } = await batches.next();
      if (done) break;
      waiting.push(...(value as ServedEvent[]));
    }
    return waiting.splice(0, count).map(({ type, object, json }) => ({
      type,
      object: JSON.parse(json ?? JSON.stringify(object)) as Loose,
    }));
  };
  return {
    nextEvents,
    next: async (count) => (await nextEvents(count)).map(({ type, object }) => `${type} ${nameOf(object)}`),
    stop: () => stop.abort(),
  };
}

const nameOf = (object: Loose): string => object['metadata']?.name ?? object['reason'] ?? '';

/** A pod of one container, for tests that need any pod. */
export const podYaml = (name: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
${more}
spec:
  containers:
  - name: web
    image: nginx
`;

export const asStatus = (reply: Reply) => reply.object as unknown as Status;

/** `{metadata: {name: x}}` → YAML that the parser takes, for the odd case of a computed body. */
export const yaml = (object: unknown): string => JSON.stringify(object);
