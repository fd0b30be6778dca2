import assert from 'node:assert/strict';
import { inPod } from '../app.ts';
import type { Check } from './contract.ts';

export const environment: Check = {
  title: 'a pod started after a Service has its variables, one started before has none',
  async prove(app) {
    const address = await app.kubectl('get', 'service', 'backend', '-o', 'jsonpath={.spec.clusterIP}');
    const late = variables(await inPod(app, app.late, 'env'));
    const link = `tcp://${address}:80`;
    assert.deepEqual(late, {
      BACKEND_SERVICE_HOST: address,
      BACKEND_SERVICE_PORT: '80',
      BACKEND_SERVICE_PORT_HTTP: '80',
      BACKEND_PORT: link,
      BACKEND_PORT_80_TCP: link,
      BACKEND_PORT_80_TCP_PROTO: 'tcp',
      BACKEND_PORT_80_TCP_PORT: '80',
      BACKEND_PORT_80_TCP_ADDR: address,
    });
    assert.deepEqual(variables(await inPod(app, app.early, 'env')), {});
    return `BACKEND_SERVICE_HOST=${address}, BACKEND_PORT=${link}; none before`;
  },
};

function variables(env: string): Record<string, string> {
  const lines = env.split('\n').filter((line) => line.startsWith('BACKEND_'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
