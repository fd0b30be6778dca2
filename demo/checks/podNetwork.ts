import assert from 'node:assert/strict';
import { inPod, podsOf } from '../app.ts';
import type { Check } from './contract.ts';

export const podNetwork: Check = {
  title: 'every pod has its own address; across nodes nothing is translated; one pod shares localhost',
  async prove(app) {
    const [backends, frontends] = [await podsOf(app, 'backend'), await podsOf(app, 'frontend')];
    const all = [...backends, ...frontends, ...(await podsOf(app, 'database'))];
    const addresses = all.map((pod) => pod.status?.podIP ?? '');
    assert.ok(addresses.every(Boolean), 'every pod has an address');
    assert.equal(new Set(addresses).size, all.length, 'no two pods share an address');

    const [target, client] = acrossNodes(backends, frontends);
    const source = await app.kubectl(
      ...['exec', client.metadata.name, '-c', 'tools', '--'],
      ...['wget', '-qO-', `http://${target.status?.podIP}:8080/source`],
    );
    assert.equal(source.trim(), client.status?.podIP, 'the other pod sees the address of the one that calls');

    const page = await app.kubectl(
      'exec',
      client.metadata.name,
      '-c',
      'tools',
      '--',
      'wget',
      '-qO-',
      'http://localhost',
    );
    assert.match(page, /Welcome to nginx/, 'containers of one pod meet on localhost');
    const early = (await inPod(app, app.early, 'curl', '-s', `http://${target.status?.podIP}:8080/`)).trim();
    assert.equal(early, target.metadata.name);
    return `${all.length} pods, ${all.length} addresses; ${target.spec?.nodeName} saw ${source.trim()} of ${client.spec?.nodeName}`;
  },
};

/** A pod of each list such that they run on different nodes. */
function acrossNodes<T extends { spec?: { nodeName?: string } }>(targets: T[], clients: T[]): [T, T] {
  for (const target of targets) {
    const client = clients.find((pod) => pod.spec?.nodeName !== target.spec?.nodeName);
    if (client) return [target, client];
  }
  throw new Error('the pods of both tiers all run on one node');
}
