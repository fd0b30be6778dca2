import assert from 'node:assert/strict';
import { inPod, podsOf } from '../app.ts';
import type { Check } from './contract.ts';

export const clusterIP: Check = {
  title: 'a pod reaches the backend by short, qualified and full name, and all three replicas answer',
  async prove(app) {
    const replicas = (await podsOf(app, 'backend')).map((pod) => pod.metadata.name);
    for (const name of ['backend', 'backend.default', 'backend.default.svc.cluster.local']) {
      const answer = (await inPod(app, app.late, 'curl', '-sS', '--max-time', '5', name)).trim();
      assert.ok(replicas.includes(answer), `${name} was answered by ${answer}`);
    }
    const loop = 'for i in $(seq 60); do curl -sS --max-time 5 backend; done';
    const answers = (await inPod(app, app.late, 'sh', '-c', loop)).trim().split('\n');
    const seen = [...new Set(answers)].sort();
    assert.deepEqual(seen, [...replicas].sort(), 'repeated calls reach every replica');
    const counts = seen.map((name) => answers.filter((a) => a === name).length);
    return `3 names answered; 60 calls went ${counts.join(' + ')}`;
  },
};
