import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { KubeObject, Service } from '../../api/types.ts';
import { testAuthority } from '../http/testCerts.ts';
import type { AskWebhook } from '../webhooks/client.ts';
import { webhookAsker } from '../webhooks/client.ts';
import { crdPath, customApi } from './testing/api.ts';

const schema = '{openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}';

const boats = (conversion = '') => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com}
spec:
  group: sea.example.com
  scope: Cluster
  names: {plural: boats, kind: Boat}
  ${conversion}
  versions:
  - {name: v1beta1, served: true, storage: true, deprecated: true, schema: ${schema}}
  - {name: v1, served: true, storage: false, schema: ${schema}}
`;

const webhook = (client: string) =>
  `conversion: {strategy: Webhook, webhook: {conversionReviewVersions: [v1], clientConfig: ${client}}}`;

interface Review {
  request: {
    uid: string;
    desiredAPIVersion: string;
    objects: (KubeObject & { spec: Record<string, unknown> })[];
  };
}

/** v1 has two names where v1beta1 has one. */
function converted({ request }: Review): object {
  const { uid, desiredAPIVersion: apiVersion, objects } = request;
  const convertedObjects = objects.map((object) => {
    const { name, first, last } = object.spec as { name?: string; first?: string; last?: string };
    const [given, family] = (name ?? '').split(' ');
    const spec = apiVersion.endsWith('/v1') ? { first: given, last: family } : { name: `${first} ${last}` };
    return { ...object, apiVersion, spec };
  });
  return { response: { uid, result: { status: 'Success' }, convertedObjects } };
}

const asWebhook: AskWebhook = (_, body) => Promise.resolve(converted(body as Review));

describe('a definition with two versions', () => {
  test('without conversion serves the same object in both', async () => {
    const api = await customApi();
    await api.define(boats());
    await api.post(
      '/apis/sea.example.com/v1/boats',
      '{apiVersion: sea.example.com/v1, kind: Boat, metadata: {name: a}, spec: {x: 1}}',
    );
    const old = await api.get('/apis/sea.example.com/v1beta1/boats/a');
    assert.deepEqual([old.object['apiVersion'], old.object['spec']], ['sea.example.com/v1beta1', { x: 1 }]);
    assert.deepEqual(old.warnings, ['sea.example.com/v1beta1 Boat is deprecated']);
    const { object } = await api.get('/apis/sea.example.com/v1/boats');
    assert.equal(object['items'][0].apiVersion, 'sea.example.com/v1');
    await api.close();
  });

  test('prefers the newer one', async () => {
    const api = await customApi();
    await api.define(boats());
    const { object } = await api.get('/apis/sea.example.com');
    assert.equal(object['preferredVersion'].version, 'v1');
    await api.close();
  });

  test('converts by its webhook: reads, lists, watches and writes', async () => {
    const api = await customApi({ askWebhook: asWebhook });
    await api.define(boats(webhook('{url: "https://127.0.0.1:1/x"}')));
    const watch = await api.watch('/apis/sea.example.com/v1beta1/boats?watch=true&resourceVersion=1');
    await api.post(
      '/apis/sea.example.com/v1/boats',
      '{apiVersion: sea.example.com/v1, kind: Boat, metadata: {name: a}, spec: {first: Ada, last: Ann}}',
    );
    const old = await api.get('/apis/sea.example.com/v1beta1/boats/a');
    assert.deepEqual(old.object['spec'], { name: 'Ada Ann' });
    const patched = await api.patch('/apis/sea.example.com/v1/boats/a', '{"spec":{"last":"Bee"}}');
    assert.deepEqual(patched.object['spec'], { first: 'Ada', last: 'Bee' });
    const events = await watch.nextEvents(2);
    assert.deepEqual(
      events.map(({ type, object }) => [type, object['spec'].name]),
      [
        ['ADDED', 'Ada Ann'],
        ['MODIFIED', 'Ada Bee'],
      ],
    );
    watch.stop();
    await api.close();
  });

  test('notes in which versions objects were stored', async () => {
    const api = await customApi();
    await api.define(boats());
    const path = `${crdPath}/boats.sea.example.com`;
    const crd = (await api.get(path)).object;
    assert.deepEqual(crd['status'].storedVersions, ['v1beta1']);
    crd['spec'].versions[0].storage = false;
    crd['spec'].versions[1].storage = true;
    const changed = await api.put(path, JSON.stringify(crd));
    assert.deepEqual(changed.object['status'].storedVersions, ['v1beta1', 'v1']);
    const gone = changed.object;
    gone['spec'].versions = [gone['spec'].versions[1]];
    const refused = await api.put(path, JSON.stringify(gone));
    assert.match(
      refused.object['message'] as string,
      /status\.storedVersions\[0\]: Invalid value: "v1beta1": missing from spec\.versions/,
    );
    await api.close();
  });

  for (const [what, answer, message] of [
    ['fails', { uid: '', result: { status: 'Failure', message: 'no such boat' } }, /failed: no such boat/],
    ['answers nothing', undefined, /failed: the answer has no response/],
  ] as const)
    test(`tells what the webhook says when it ${what}`, async () => {
      const askWebhook: AskWebhook = (_, body) =>
        Promise.resolve(answer && { response: { ...answer, uid: (body as Review).request.uid } });
      const api = await customApi({ askWebhook });
      await api.define(boats(webhook('{url: "https://127.0.0.1:1/x"}')));
      const { code, object } = await api.post(
        '/apis/sea.example.com/v1/boats',
        '{apiVersion: sea.example.com/v1, kind: Boat, metadata: {name: a}, spec: {first: Ada, last: Ann}}',
      );
      assert.equal(code, 500);
      assert.match(object['message'] as string, message);
      await api.close();
    });
});

describe('a conversion webhook', () => {
  const serviceAt = (clusterIP: string, port: number) => ({
    client: { namespace: 'hooks', name: 'boats', path: '/convert', port },
    found: { metadata: { name: 'boats' }, spec: { clusterIP } } as Service,
  });

  test('is asked over TLS, by its URL or as a Service, and must show the certificate of its authority', async () => {
    const authority = await testAuthority();
    const identity = await authority.issue('CN=webhook');
    const paths: string[] = [];
    const server = createServer(identity, (request, response) => {
      paths.push(request.url ?? '');
      request.resume().on('end', () => response.end('{"response":{"uid":"1"}}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { client, found } = serviceAt('127.0.0.1', port);
    const ask = webhookAsker({ service: () => Promise.resolve(found), timeoutMs: 5_000 });
    const caBundle = Buffer.from(authority.ca).toString('base64');
    try {
      const url = `https://127.0.0.1:${port}/by-url`;
      assert.deepEqual(await ask({ url, caBundle }, {}), { response: { uid: '1' } });
      // Its certificate is for the address, and a Service is asked by its name.
      await assert.rejects(ask({ service: client, caBundle }, {}), /boats\.hooks\.svc/);
      const other = Buffer.from((await testAuthority()).ca).toString('base64');
      await assert.rejects(ask({ url, caBundle: other }, {}), /certificate/);
      assert.deepEqual(paths, ['/by-url']);
    } finally {
      server.close();
    }
  });

  test('on this machine converts what is written and read', async () => {
    const authority = await testAuthority();
    const reviews: Review[] = [];
    const server = createServer(await authority.issue('CN=webhook'), (request, response) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (text += part));
      request.on('end', () => {
        const review = JSON.parse(text) as Review;
        reviews.push(review);
        response.end(JSON.stringify(converted(review)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const caBundle = Buffer.from(authority.ca).toString('base64');
    const none = () => Promise.resolve(undefined);
    const api = await customApi({ askWebhook: webhookAsker({ service: none, timeoutMs: 5_000 }) });
    try {
      await api.define(boats(webhook(`{url: "https://127.0.0.1:${port}/convert", caBundle: ${caBundle}}`)));
      const made = await api.post(
        '/apis/sea.example.com/v1/boats',
        '{apiVersion: sea.example.com/v1, kind: Boat, metadata: {name: a, labels: {of: sea}}, spec: {first: Ada, last: Ann}}',
      );
      assert.equal(made.code, 201);
      const { object } = await api.get('/apis/sea.example.com/v1beta1/boats/a');
      assert.deepEqual([object['spec'], object['metadata'].labels], [{ name: 'Ada Ann' }, { of: 'sea' }]);
      assert.equal(reviews[0]?.request.desiredAPIVersion, 'sea.example.com/v1beta1');
    } finally {
      await api.close();
      server.close();
    }
  });

  test('that is a Service which is not there is told', async () => {
    const ask = webhookAsker({ service: () => Promise.resolve(undefined), timeoutMs: 1_000 });
    await assert.rejects(
      ask({ service: { namespace: 'hooks', name: 'boats' } }, {}),
      /service "boats" not found/,
    );
  });
});
