import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { query } from '../testing/context.ts';
import { defaultServer } from '../testing/defaults.ts';
import { upstream } from '../testing/upstream.ts';
import { zoneText } from '../testing/zone.ts';
import { addressRecord, replyTo, soaRecord } from '../wire/message.ts';
import { recordType } from '../wire/types.ts';

const closing: (() => unknown)[] = [];
after(() => Promise.all(closing.map((close) => close())));

const soa = soaRecord('com.', 60, {
  mname: 'ns.com.',
  rname: 'root.com.',
  serial: 1,
  refresh: 1,
  retry: 1,
  expire: 1,
  minimum: 60,
});

async function world() {
  const outside = await upstream(({ message, question }) =>
    question.type === recordType.A
      ? { ...replyTo(message), answers: [addressRecord(question.name, 60, '192.0.2.53')] }
      : { ...replyTo(message), authorities: [soa] },
  );
  const server = await defaultServer(`127.0.0.1:${outside.port}`);
  closing.push(() => outside.close(), server.stop);
  /** As a resolver does with `ndots:5` and the search path of a pod. */
  const resolve = async (name: string, type: string) => {
    for (const domain of ['default.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.', '']) {
      const reply = await server.ask(query(`${name}.${domain} ${type}`));
      if (reply.rcode === 0) return zoneText(reply);
    }
    return [];
  };
  return { resolve, asked: outside.asked, server };
}

test('an outside name through the search path is one question to the upstream, and none when it is cached', async () => {
  const { resolve, asked } = await world();
  assert.deepEqual(await resolve('www.example.com', 'A'), ['www.example.com. 30 A 192.0.2.53']);
  assert.equal(asked.length, 1);
  assert.equal(asked[0]?.name, 'www.example.com.');
  await resolve('www.example.com', 'AAAA');
  assert.equal(asked.length, 2);
  for (const type of ['A', 'AAAA', 'A']) await resolve('www.example.com', type);
  assert.equal(asked.length, 2);
});

test('an alias to the outside is followed to the upstream', async () => {
  const { server, asked } = await world();
  assert.deepEqual(zoneText(await server.ask(query('alias.default.svc.cluster.local.'))), [
    'alias.default.svc.cluster.local. 30 CNAME www.example.com.',
    'www.example.com. 30 A 192.0.2.53',
  ]);
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['www.example.com.'],
  );
});
