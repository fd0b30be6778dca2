import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Directive, parseCorefile } from '../../corefile/parse.ts';
import { optionsOf } from './options.ts';

const parse = (lines: string, resolvConf = '') => {
  const [directive] = parseCorefile(`. {\n${lines}\n}`)[0]?.directives ?? [];
  return optionsOf(directive as Directive, () => resolvConf);
};

describe('forward FROM TO...', () => {
  test('takes addresses, with a port or without', () => {
    const { from, to } = parse(
      'forward Example.org 192.0.2.1 192.0.2.2:5353 2001:db8::1 [2001:db8::2]:54 dns://192.0.2.3 tls://192.0.2.4 tls://[2001:db8::3]:8853',
    );
    assert.deepEqual(from, ['example.org.']);
    assert.deepEqual(
      to.map(({ address, port, tls }) => `${address} ${port}${tls ? ' tls' : ''}`),
      [
        '192.0.2.1 53',
        '192.0.2.2 5353',
        '2001:db8::1 53',
        '2001:db8::2 54',
        '192.0.2.3 53',
        '192.0.2.4 853 tls',
        '2001:db8::3 8853 tls',
      ],
    );
  });
  test('takes the name that an upstream must show from beside its address', () => {
    const { to } = parse(
      'forward . tls://192.0.2.4%dns.example tls://192.0.2.5%dns.example:8853 tls://2001:db8::1%dns.example',
    );
    assert.deepEqual(
      to.map(({ address, port, serverName }) => `${address} ${port} ${serverName}`),
      ['192.0.2.4 853 dns.example', '192.0.2.5 8853 dns.example', '2001:db8::1 853 dns.example'],
    );
    assert.throws(
      () => parse('forward . tls://192.0.2.4%dns.example {\n tls_servername dns.example\n}'),
      /Corefile:2: forward: tls_servername does not go with tls:\/\/ADDRESS%NAME/,
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
      expire 20s
      max_age 1h
      max_idle_conns 3
      max_connect_attempts 2
      next_on_nodata
      except example.net
      health_check 5s no_rec domain Example.org
      failfast_all_unhealthy_upstreams
      failover SERVFAIL REFUSED
      next NXDOMAIN
      tls cert.pem key.pem ca.pem
      tls_servername dns.example
    }`);
    assert.equal(options.expireMs, 20_000);
    assert.equal(options.maxAgeMs, 3_600_000);
    assert.deepEqual(options.health, { everyMs: 5_000, recursionDesired: false, domain: 'example.org.' });
    assert.deepEqual([options.maxIdle, options.maxAttempts, options.nextOnNoData], [3, 2, true]);
    assert.equal(options.failFast, true);
    assert.deepEqual([...options.failover], [2, 5]);
    assert.deepEqual([...options.next], [3]);
    assert.deepEqual(options.tls, { files: ['cert.pem', 'key.pem', 'ca.pem'], serverName: 'dns.example' });
    assert.deepEqual(options.except, ['cluster.local.', '10.in-addr.arpa.', 'example.net.']);
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
    refusal('forward . grpc://192.0.2.1', /Corefile:2: forward: grpc:\/\/ is not supported/);
    refusal('forward . dns.example', /Corefile:2: forward: "dns.example" is neither an address nor a file/);
    refusal('forward . 192.0.2.1%dns.example', /is neither an address nor a file/);
    refusal('forward . 192.0.2.1 {\n except\n}', /Corefile:3: forward: except needs a zone/);
    refusal('forward . 192.0.2.1 {\n failover NOERROR\n}', /failover does not go with NOERROR/);
    refusal('forward . 192.0.2.1:0', /"192.0.2.1:0" is neither an address nor a file/);
    refusal(
      'forward . 192.0.2.1 {\n health_check 5s slowly\n}',
      /Corefile:3: forward: health_check takes no_rec and domain NAME, not "slowly"/,
    );
    refusal(
      'forward . 192.0.2.1 {\n health_check 0s\n}',
      /Corefile:3: forward: health_check is more than 0s/,
    );
    refusal(
      'forward . 192.0.2.1 {\n failover OOPS\n}',
      /Corefile:3: forward: failover takes codes, not "OOPS"/,
    );
    refusal('forward . 192.0.2.1 {\n spray\n}', /Corefile:3: forward: option "spray" is not supported/);
    refusal(
      'forward . 192.0.2.1 {\n policy best\n}',
      /policy is one of random, round_robin, sequential, not "best"/,
    );
    refusal('forward . 192.0.2.1 {\n max_fails some\n}', /max_fails is a number from 0, not "some"/);
    refusal('forward . 192.0.2.1 {\n expire soon\n}', /expire is a duration such as 10s, not "soon"/);
    refusal(`forward . ${'192.0.2.1 '.repeat(16)}`, /16 upstreams are more than 15/);
  });
});
