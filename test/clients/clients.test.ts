/** Programs in Go, built on client-go and controller-runtime, against a cluster of its own. Needs `go`. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { packageRoot } from '../../src/cluster/paths.ts';
import { execute } from '../../src/lib/exec.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';

/** Building takes minutes the first time. */
const timeoutMs = 900_000;

describe('programs in Go', () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await startCluster({ name: 'e2e-clients' });
  });
  after(() => cluster?.down());

  test('that are built on client-go and controller-runtime find what they expect', {
    timeout: timeoutMs,
  }, async (t) => {
    const { code, stdout, stderr } = await execute('go', ['test', '-count=1', '-v', '.'], {
      cwd: `${packageRoot}/test/clients`,
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
      timeoutMs,
    });
    for (const line of stdout.split('\n')) if (/^\s*--- /.test(line)) t.diagnostic(line.trim());
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });
});
