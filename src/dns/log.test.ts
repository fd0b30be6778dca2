import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineLog } from './log.ts';

test('lines are written as CoreDNS writes them', () => {
  const lines: string[] = [];
  const log = lineLog((line) => lines.push(line), { debug: false });
  log.info({}, '10.244.0.9:40000 - 7 "A IN x. udp 40 false 512" NOERROR qr,rd 56 0.001s');
  log.error({ plugin: 'errors' }, '2 x. A: no upstream answered');
  log.warn({ from: '.', ports: [53] }, 'forward has no nameserver');
  log.debug({}, 'not wanted');
  lineLog((line) => lines.push(line), { debug: true }).debug({}, 'wanted');
  assert.deepEqual(lines, [
    '[INFO] 10.244.0.9:40000 - 7 "A IN x. udp 40 false 512" NOERROR qr,rd 56 0.001s\n',
    '[ERROR] plugin/errors: 2 x. A: no upstream answered\n',
    '[WARNING] forward has no nameserver from=. ports=[53]\n',
    '[DEBUG] wanted\n',
  ]);
});
