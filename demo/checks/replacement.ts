import assert from 'node:assert/strict';
import { eventually } from '../../test/support/eventually.ts';
import { endpointsBecome, inPod, podsOf } from '../app.ts';
import type { Check } from './contract.ts';

export const replacement: Check = {
  title: 'a deleted pod is replaced under another address, and the Service keeps its own',
  async prove(app) {
    const address = () => app.kubectl('get', 'service', 'backend', '-o', 'jsonpath={.spec.clusterIP}');
    const before = await podsOf(app, 'backend');
    const [victim] = before;
    assert.ok(victim);
    const stable = await address();
    await app.kubectl('delete', 'pod', victim.metadata.name, '--wait=false');
    const successor = await eventually(async () => {
      const known = new Set(before.map((pod) => pod.metadata.name));
      const made = (await podsOf(app, 'backend')).find(
        (pod) => !known.has(pod.metadata.name) && pod.status?.podIP,
      );
      assert.ok(made, 'a new pod has an address');
      return made;
    });
    await eventually(async () => {
      const endpoints = await endpointsBecome(app, 'backend', 3);
      assert.ok(!endpoints.includes(victim.status?.podIP ?? ''));
    });
    assert.notEqual(successor.status?.podIP, victim.status?.podIP);
    assert.equal(await address(), stable);
    await inPod(app, app.late, 'curl', '-sS', '--max-time', '5', stable);
    return `${victim.status?.podIP} → ${successor.status?.podIP}; backend stays ${stable}`;
  },
};
