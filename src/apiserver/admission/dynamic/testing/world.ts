/** An API server whose admission is configured, and a webhook of our own over TLS. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { builtinKinds } from '../../../../api/kinds.ts';
import { kindRegistry } from '../../../../api/registry.ts';
import { namespaces } from '../../../../api/resource.ts';
import { FakeClock } from '../../../../lib/clock.ts';
import { openMemory } from '../../../../store/index.ts';
import type { Authorizer } from '../../../authz/contract.ts';
import { follow } from '../../../authz/follow.ts';
import { testAuthority } from '../../../http/testCerts.ts';
import { keyOf } from '../../../object/keys.ts';
import { type Loose, type TestApi, testApi } from '../../../testing/testApi.ts';
import { webhookAsker } from '../../../webhooks/client.ts';
import type { AdmissionPlugin } from '../../contract.ts';
import { configurations } from '../configurations.ts';
import { dynamicAdmission } from '../index.ts';

export const admissionPath = '/apis/admissionregistration.k8s.io/v1';

export interface AdmissionApi extends TestApi {
  readonly admission: readonly AdmissionPlugin[];
  /** Creates something, and fails when that is refused. */
  create(path: string, yaml: string): Promise<Loose>;
}

export async function admissionApi(before: readonly AdmissionPlugin[] = []): Promise<AdmissionApi> {
  const clock = new FakeClock();
  const store = openMemory({ clock, history: { changes: 100, characters: 1e7 } });
  const kinds = kindRegistry(builtinKinds.list());
  const hooks = configurations();
  const following = await follow(store, [hooks], clock);
  const authorizer: Authorizer = {
    authorize: ({ user }) => ({ allowed: user.name === 'admin', reason: '' }),
    caughtUp: () => following.caughtUp(),
  };
  let ids = 0;
  const admission = [
    ...before,
    ...dynamicAdmission({
      ...{ configurations: hooks, kinds, store, authorizer },
      askWebhook: webhookAsker({ service: () => Promise.resolve(undefined), timeoutMs: 5_000 }),
      namespace: async (name) => (await store.get(keyOf(namespaces, undefined, name)))?.object,
      uuid: () => `review-${++ids}`,
    }),
  ];
  const api = testApi({ store, clock, kinds, authorizer, admission });
  return {
    ...api,
    admission,
    async create(path, yaml) {
      const { code, object } = await api.post(path, yaml);
      if (code !== 201) throw new Error(String(object['message']));
      return object;
    },
  };
}

export interface Review {
  uid: string;
  operation: string;
  kind: { group: string; version: string; kind: string };
  requestKind: { version: string };
  resource: { resource: string };
  subResource?: string;
  name: string;
  namespace?: string;
  userInfo: { username: string; groups: string[] };
  object: Loose | null;
  oldObject: Loose | null;
  options: Loose;
  dryRun: boolean;
}

/** What the webhook at a path says: `allowed` and so on. A string is the body as it is, a number the code, 0 silence. */
type Says = (review: Review) => object | string | number;

export interface HookServer {
  /** As `clientConfig`, in YAML. */
  at(path: string, says: Says): string;
  /** What was asked, by path. */
  readonly asked: Map<string, Review[]>;
  /** The query of each, in order. */
  readonly queries: string[];
  close(): Promise<void>;
}

export async function hookServer(): Promise<HookServer> {
  const authority = await testAuthority();
  const answers = new Map<string, Says>();
  const asked = new Map<string, Review[]>();
  const queries: string[] = [];
  const server: Server = createServer(await authority.issue('CN=hook'), async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'https://hook');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const review = (JSON.parse(Buffer.concat(parts).toString()) as { request: Review }).request;
    queries.push(search);
    asked.set(pathname, [...(asked.get(pathname) ?? []), review]);
    const said = answers.get(pathname)?.(review) ?? 404;
    if (said === 0) return;
    if (typeof said === 'number') response.writeHead(said).end('no');
    else response.end(typeof said === 'string' ? said : JSON.stringify(reviewWith(review.uid, said)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(authority.ca).toString('base64');
  return {
    asked,
    queries,
    at(path, says) {
      answers.set(path, says);
      return `{url: "https://127.0.0.1:${port}${path}", caBundle: ${caBundle}}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const reviewWith = (uid: string, response: object): object => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: { uid, ...response },
});

export const patched = (...operations: object[]): object => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
