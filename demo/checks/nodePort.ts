import assert from 'node:assert/strict';
import { packageRoot } from '../../src/cluster/paths.ts';
import { run } from '../../src/lib/exec.ts';
import { fetchFrom } from '../../test/support/http.ts';
import { nodePort } from '../app.ts';
import type { Check } from './contract.ts';

export const nodePorts: Check = {
  title: 'from outside, the node port answers on every node and on the host',
  async prove(app) {
    const cluster = app.lanNetns.split('/').at(-2) ?? '';
    for (const node of app.nodes) {
      const url = `http://${node.addresses[0]}:${nodePort}/`;
      const page = await run(`${packageRoot}/bin/switchboard`, [
        'lan',
        '--name',
        cluster,
        '--',
        'curl',
        '-sS',
        '--max-time',
        '5',
        url,
      ]);
      assert.match(page, /Welcome to nginx/, url);
    }
    const onHost = await fetchFrom(undefined, app.hostAddress, nodePort);
    assert.match(onHost.body, /Welcome to nginx/);
    return `${app.nodes.map((n) => n.addresses[0]).join(', ')} and ${app.hostAddress} answered on ${nodePort}`;
  },
};
