import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, failed, type Line, timedOut } from './failure.ts';

const remote = { address: '192.0.2.53', port: 53 };
const line: Line = { protocol: 'udp', local: { address: '10.244.0.2', port: 46_482 }, remote };
const system = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });

test('failures are said in the words that CoreDNS has for them', () => {
  assert.equal(timedOut(line).message, 'read udp 10.244.0.2:46482->192.0.2.53:53: i/o timeout');
  assert.equal(
    timedOut({ protocol: 'tcp', local: undefined, remote: { address: '2001:db8::1', port: 53 } }).message,
    'dial tcp [2001:db8::1]:53: i/o timeout',
  );
  assert.equal(
    failed(line, system('ECONNREFUSED', 'recvmsg')).message,
    'read udp 10.244.0.2:46482->192.0.2.53:53: read: connection refused',
  );
  assert.equal(
    failed({ ...line, protocol: 'tcp' }, system('ECONNREFUSED', 'connect')).message,
    'dial tcp 192.0.2.53:53: connect: connection refused',
  );
  assert.equal(ended({ ...line, protocol: 'tcp' }).message, 'read tcp 10.244.0.2:46482->192.0.2.53:53: EOF');
});

test('what has no such words is said as it comes', () => {
  assert.equal(failed(line, system('EPROTO', 'read')).message, 'EPROTO');
});
