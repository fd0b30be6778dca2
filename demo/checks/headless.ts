import assert from 'node:assert/strict';
import { inPod, podsOf } from '../app.ts';
import type { Check } from './contract.ts';

export const headless: Check = {
  title: 'the headless name gives every database pod, and each has a name of its own',
  async prove(app) {
    const pods = await podsOf(app, 'database');
    const addresses = pods.map((pod) => pod.status?.podIP ?? '').sort();
    assert.deepEqual(answered(await inPod(app, app.late, 'nslookup', 'database')), addresses);
    const first = pods.find((pod) => pod.metadata.name === 'database-0');
    const name = 'database-0.database.default.svc.cluster.local';
    assert.deepEqual(answered(await inPod(app, app.late, 'nslookup', name)), [first?.status?.podIP]);
    return `database → ${addresses.join(', ')}; database-0 → ${first?.status?.podIP}`;
  },
};

/** The addresses in nslookup's answer; those of the server itself stand before the first name. */
function answered(text: string): string[] {
  const answers = text.slice(text.indexOf('Name:'));
  return [...answers.matchAll(/^Address(?: \d+)?:\s*([\d.]+)/gm)].map((m) => m[1] ?? '').sort();
}
