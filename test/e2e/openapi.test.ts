/** The documents as kubectl reads them, from a server that has nothing else. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kinds } from '../../src/api/kinds.ts';
import type { ApiRequest } from '../../src/apiserver/contract.ts';
import { discoveryAnswer } from '../../src/apiserver/discovery/index.ts';
import { openapiAnswer } from '../../src/apiserver/openapi/index.ts';

const seen: string[] = [];

async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  seen.push(`${incoming.method} ${incoming.url}`);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://server');
  const request: ApiRequest = {
    method: incoming.method as ApiRequest['method'],
    path: pathname,
    query: searchParams,
    headers: incoming.headers as ApiRequest['headers'],
    user: { name: 'somebody', groups: [] },
    body: new Uint8Array(),
    signal: new AbortController().signal,
  };
  const answer = discoveryAnswer(request, kinds) ?? (await openapiAnswer(request, kinds));
  if (answer && 'contentType' in answer) {
    response.writeHead(answer.code, { ...answer.headers, 'content-type': answer.contentType });
    response.end(answer.body);
  } else {
    const found = answer && 'object' in answer ? answer : { code: 404, object: {} };
    response.writeHead(found.code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found.object));
  }
}

describe('kubectl', () => {
  const server = createServer((incoming, response) => void serve(incoming, response));
  let home = '';

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'openapi-'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true });
  });

  const kubectl = (...args: string[]) =>
    new Promise<string>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const all = [`--server=http://127.0.0.1:${port}`, `--cache-dir=${home}/cache`, ...args];
      const env = { PATH: process.env['PATH'], HOME: home };
      execFile('kubectl', all, { env, timeout: 30_000 }, (err, stdout, stderr) =>
        err && !args.includes('create') ? reject(err) : resolve(stdout + stderr),
      );
    });

  test('explains every field of a pod', async () => {
    const text = await kubectl('explain', 'pod.spec', '--recursive');
    assert.match(text, /KIND: +Pod\nVERSION: +v1\n/);
    for (const field of [
      /nodeAffinity\t</,
      /terminationGracePeriodSeconds\t<integer>/,
      /mountPath\t<string>/,
      /httpGet\t</,
      /emptyDir\t</,
    ])
      assert.match(text, field);
  });

  test('explains one field of a Service and of a kind with a group', async () => {
    assert.match(await kubectl('explain', 'service.spec.ports.nodePort'), /nodePort <integer>/);
    assert.match(await kubectl('explain', 'deploy.spec.replicas'), /replicas <integer>/);
  });

  test('lists resources with their short names', async () => {
    const text = await kubectl('api-resources');
    assert.match(text, /services +svc +v1 +true +Service\n/);
    assert.match(text, /endpointslices +discovery\.k8s\.io\/v1 +true +EndpointSlice\n/);
  });

  test('prints the version that we present', async () => {
    assert.match(await kubectl('version'), /v1\.36\.0\+switchboard/);
  });

  test('finds out by the documents that it may ask for a dry run', async () => {
    const manifest = join(home, 'service.yaml');
    await writeFile(
      manifest,
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n',
    );
    await kubectl('create', '--dry-run=server', '-f', manifest);
    const sent = seen.find((line) => line.startsWith('POST /api/v1/namespaces/default/services'));
    assert.match(sent ?? '', /dryRun=All/);
  });
});
