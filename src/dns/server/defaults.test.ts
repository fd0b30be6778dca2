/** The Corefile that every cluster begins with. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../../lib/package.ts';
import { parseCorefile } from '../corefile/parse.ts';
import { query } from '../testing/context.ts';
import { corefileFor, defaultServer } from '../testing/defaults.ts';

const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

const namesIn = (corefile: string) =>
  parseCorefile(corefile).flatMap(({ directives }) => directives.map(({ name }) => name));

test('is upstream’s, and tests of the default server have the same plugins', () => {
  const text = readFileSync(join(packageRoot, 'addons/coredns.yaml'), 'utf8');
  const config = parseAllDocuments(text)
    .map((document) => document.toJS() as { kind: string; data?: Record<string, string> })
    .find(({ kind }) => kind === 'ConfigMap');
  const names = namesIn(config?.data?.['Corefile'] ?? '');
  assert.deepEqual(names, [
    'errors',
    'health',
    'ready',
    'kubernetes',
    'prometheus',
    'forward',
    'cache',
    'loop',
    'reload',
    'loadbalance',
  ]);
  assert.deepEqual(namesIn(corefileFor('/dev/null')), names);
});

test('lets answers of Services be given again as bytes, and no others', async () => {
  const server = await defaultServer();
  closing.push(server.stop);
  const isKept = async (text: string) => (await server.ask(query(text))).notes?.again !== undefined;
  for (const text of [
    'web.default.svc.cluster.local.',
    'db.default.svc.cluster.local.',
    'db-0.db.default.svc.cluster.local.',
    '_http._tcp.db.default.svc.cluster.local. SRV',
  ])
    assert.equal(await isKept(text), true, text);
  for (const text of [
    'nope.default.svc.cluster.local.',
    'web.default.svc.cluster.local. AAAA',
    'alias.default.svc.cluster.local.',
    '1-2-3-4.default.pod.cluster.local.',
    'dns-version.cluster.local. TXT',
    'example.com.',
  ])
    assert.equal(await isKept(text), false, text);
});
