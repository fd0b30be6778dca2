import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProxyCommandOptions, proxySettings } from './proxyOptions.ts';

const usual = { healthzBindAddress: '0.0.0.0:10256', metricsBindAddress: '127.0.0.1:10249' };
const settings = (options: Partial<ProxyCommandOptions> = {}, hostname = 'worker-1') =>
  proxySettings({ ...usual, ...options }, hostname);

describe('the options of the proxy', () => {
  test('are kube-proxy’s by default', () =>
    assert.deepEqual(settings(), {
      nodeName: 'worker-1',
      clusterCIDRs: undefined,
      serviceCIDRs: [],
      healthz: { port: 10256 },
      metrics: { host: '127.0.0.1', port: 10249 },
      nodePortAddresses: undefined,
      masqueradeAll: false,
    }));

  test('name the node as its kubelet does', () => {
    assert.equal(settings({}, 'Worker-1').nodeName, 'worker-1');
    assert.equal(settings({ hostnameOverride: ' Other ' }).nodeName, 'other');
    assert.throws(
      () => settings({}, ''),
      /^Error: Cannot tell which Node this is: give --hostname-override$/,
    );
  });

  test('take ranges of both families, and write them as the kernel does', () => {
    assert.deepEqual(settings({ clusterCidr: '10.244.0.5/16, FD44:0::/56' }).clusterCIDRs, [
      '10.244.0.0/16',
      'fd44::/56',
    ]);
    assert.deepEqual(settings({ serviceCidr: '10.96.0.0/12' }).serviceCIDRs, ['10.96.0.0/12']);
    assert.deepEqual(settings({ nodeportAddresses: '10.0.0.0/8,fd00::/8' }).nodePortAddresses, [
      '10.0.0.0/8',
      'fd00::/8',
    ]);
    assert.equal(settings({ nodeportAddresses: 'primary' }).nodePortAddresses, 'primary');
    assert.throws(
      () => settings({ clusterCidr: '10.244.0.0' }),
      /Cannot use --cluster-cidr 10\.244\.0\.0: give ranges such as 10\.244\.0\.0\/16,fd44::\/56/,
    );
    assert.throws(() => settings({ serviceCidr: 'all' }), /Cannot use --service-cidr all/);
  });

  test('say where to listen', () => {
    const healthz = (healthzBindAddress: string) => settings({ healthzBindAddress }).healthz;
    assert.deepEqual(healthz('172.30.0.2:1234'), { host: '172.30.0.2', port: 1234 });
    assert.deepEqual(healthz('172.30.0.2'), { host: '172.30.0.2', port: 10256 });
    assert.deepEqual(healthz('[fd30::2]:1234'), { host: 'fd30::2', port: 1234 });
    assert.deepEqual(healthz('fd30::2'), { host: 'fd30::2', port: 10256 });
    for (const everywhere of ['0.0.0.0:1234', '[::]:1234', ':1234'])
      assert.deepEqual(healthz(everywhere), { port: 1234 });
    assert.deepEqual(healthz('0.0.0.0'), { port: 10256 });
    assert.equal(healthz(''), undefined);
    for (const wrong of ['here', 'localhost:1234', '127.0.0.1:0', '127.0.0.1:70000', 'x:y'])
      assert.throws(
        () => healthz(wrong),
        /^Error: Cannot use --healthz-bind-address .*: give an address and a port/,
      );
  });
});
