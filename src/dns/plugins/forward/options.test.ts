import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Directive, parseCorefile } from '../../corefile/parse.ts';
import { optionsOf } from './options.ts';
import { nameserversOf } from './resolvconf.ts';

const parse = (lines: string, resolvConf = '') => {
  const [directive] = parseCorefile(`. {\n${lines}\n}`)[0]?.directives ?? [];
  return optionsOf(directive as Directive, () => resolvConf);
};

describe('forward FROM TO...', () => {
  test('takes addresses, with a port or without', () => {
    const { from, to } = parse(
      'forward Example.org 192.0.2.1 192.0.2.2:5353 2001:db8::1 [2001:db8::2]:54 dns://192.0.2.3',
    );
    assert.equal(from, 'example.org.');
    assert.deepEqual(
      to.map(({ address, port }) => `${address} ${port}`),
      ['192.0.2.1 53', '192.0.2.2 5353', '2001:db8::1 53', '2001:db8::2 54', '192.0.2.3 53'],
    );
  });
  test('takes the nameservers of a file, and none when it has none', () => {
    assert.deepEqual(parse('forward . /etc/resolv.conf', 'nameserver 192.0.2.1\n').to, [
      { address: '192.0.2.1', port: 53 },
    ]);
    assert.deepEqual(parse('forward . /etc/resolv.conf').to, []);
  });
  test('takes options', () => {
    const options = parse(`forward . 192.0.2.1 {
      except cluster.local 10.0.0.0/8
      policy sequential
      max_fails 0
      max_concurrent 10
      prefer_udp
      expire 10s
    }`);
    assert.deepEqual(options.except, ['cluster.local.', '10.in-addr.arpa.']);
    assert.equal(options.policy, 'sequential');
    assert.equal(options.maxFails, 0);
    assert.equal(options.maxConcurrent, 10);
    assert.equal(options.protocol, 'prefer udp');
  });
  test('prefers TCP that is forced to UDP that is preferred', () => {
    assert.equal(parse('forward . 192.0.2.1 {\n force_tcp\n prefer_udp\n}').protocol, 'force tcp');
  });
  test('refuses what it does not know, with the line', () => {
    const refusal = (lines: string, message: RegExp) => assert.throws(() => parse(lines), message);
    refusal('forward .', /Corefile:2: forward: write `forward FROM TO...`/);
    refusal('forward . tls://192.0.2.1', /Corefile:2: forward: tls:\/\/ is not supported/);
    refusal('forward . dns.example', /Corefile:2: forward: "dns.example" is neither an address nor a file/);
    refusal('forward . 192.0.2.1:0', /"192.0.2.1:0" is neither an address nor a file/);
    refusal(
      'forward . 192.0.2.1 {\n health_check 5s\n}',
      /Corefile:3: forward: option "health_check" is not supported/,
    );
    refusal(
      'forward . 192.0.2.1 {\n policy best\n}',
      /policy is one of random, round_robin, sequential, not "best"/,
    );
    refusal('forward . 192.0.2.1 {\n max_fails some\n}', /max_fails is a number, not "some"/);
    refusal('forward . 192.0.2.1 {\n expire soon\n}', /expire is a duration such as 10s, not "soon"/);
    refusal(`forward . ${'192.0.2.1 '.repeat(16)}`, /16 upstreams are more than 15/);
  });
});

test('a resolv.conf has nameservers among other lines', () => {
  const text =
    '# nameserver 192.0.2.9\nsearch x\n  nameserver\t192.0.2.1 # one\nnameserver nonsense\nnameserver ::1\n';
  assert.deepEqual(nameserversOf(text), ['192.0.2.1', '::1']);
});
