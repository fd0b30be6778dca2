import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchFrom } from '../../test/support/http.ts';
import { type App, endpointsBecome, nodePort } from '../app.ts';
import type { Check } from './contract.ts';

export const scaling: Check = {
  title: 'scaled to 5 and down to 1 while a client keeps calling: endpoints follow, no call fails',
  async prove(app) {
    const client = keepCalling(app);
    try {
      await app.kubectl('scale', 'deployment/frontend', '--replicas=5');
      await endpointsBecome(app, 'frontend', 5);
      await sleep(300);
      await app.kubectl('scale', 'deployment/frontend', '--replicas=1');
      await endpointsBecome(app, 'frontend', 1);
      await sleep(1_000);
    } finally {
      await client.stop();
      await app.kubectl('scale', 'deployment/frontend', '--replicas=2');
    }
    await endpointsBecome(app, 'frontend', 2);
    const [first] = client.failures;
    assert.equal(
      first,
      undefined,
      `${client.failures.length} of ${client.calls()} calls failed, the first: ${first}`,
    );
    return `5, then 1 endpoint(s); ${client.calls()} calls, none failed`;
  },
};

/** Two clients, each a new connection a call: one on the LAN, one on the host. */
function keepCalling(app: App) {
  const failures: string[] = [];
  let calls = 0;
  let going = true;
  async function call(netns: string | undefined, host: string): Promise<void> {
    while (going) {
      calls++;
      try {
        const { status } = await fetchFrom(netns, host, nodePort);
        if (status !== 200) failures.push(`${host}: status ${status}`);
      } catch (err) {
        failures.push(`${host}: ${(err as Error).message}`);
      }
      await sleep(10);
    }
  }
  const done = Promise.all([
    call(app.lanNetns, app.nodes.at(-1)?.addresses[0] ?? ''),
    call(undefined, app.hostAddress),
  ]);
  return {
    failures,
    calls: () => calls,
    async stop() {
      going = false;
      await done;
    },
  };
}
