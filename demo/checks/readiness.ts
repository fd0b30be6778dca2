import assert from 'node:assert/strict';
import { endpointsBecome, podsOf } from '../app.ts';
import type { Check } from './contract.ts';

export const readiness: Check = {
  title: 'a pod whose readiness probe fails leaves the endpoints and comes back when it passes',
  async prove(app) {
    const [pod] = await podsOf(app, 'frontend');
    assert.ok(pod);
    const page = '/usr/share/nginx/html/index.html';
    const inWeb = (...command: string[]) =>
      app.kubectl('exec', pod.metadata.name, '-c', 'web', '--', ...command);
    await inWeb('mv', page, `${page}.away`);
    const left = await endpointsBecome(app, 'frontend', 1);
    assert.ok(!left.includes(pod.status?.podIP ?? ''), 'the failing pod is the one that left');
    await inWeb('mv', `${page}.away`, page);
    const back = await endpointsBecome(app, 'frontend', 2);
    assert.ok(back.includes(pod.status?.podIP ?? ''));
    return `${pod.status?.podIP} left and came back`;
  },
};
