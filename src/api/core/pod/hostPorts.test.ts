import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collide, hostPortsOf } from './hostPorts.ts';

describe('ports of the node', () => {
  const ports = [{ containerPort: 80 }, { containerPort: 53, hostPort: 5353, protocol: 'UDP' }];

  test('are those that are asked for, of containers and sidecars', () => {
    const asked = { ip: '', protocol: 'UDP', port: 5353, containerPort: 53 };
    assert.deepEqual(hostPortsOf({ containers: [{ name: 'main', ports }] }), [asked]);
    const of = (restartPolicy?: string) =>
      hostPortsOf({
        containers: [],
        initContainers: [{ name: 'side', ports, ...(restartPolicy && { restartPolicy }) }],
      });
    assert.deepEqual(of('Always'), [asked]);
    assert.deepEqual(of(), []);
  });

  test('are all of them on the host’s network', () => {
    const taken = hostPortsOf({ hostNetwork: true, containers: [{ name: 'main', ports }] });
    assert.deepEqual(
      taken.map(({ port }) => port),
      [80, 5353],
    );
  });

  test('collide on one address, or when one of two is for every address', () => {
    const at = (ip: string, protocol: 'TCP' | 'UDP' = 'TCP') => ({
      ip,
      protocol,
      port: 80,
      containerPort: 80,
    });
    assert.ok(collide(at(''), at('')));
    assert.ok(collide(at('127.0.0.1'), at('127.0.0.1')));
    for (const any of ['', '0.0.0.0', '::']) assert.ok(collide(at(any), at('127.0.0.1')));
    assert.ok(!collide(at('127.0.0.1'), at('172.30.0.2')));
    assert.ok(!collide(at(''), at('', 'UDP')));
    assert.ok(!collide(at(''), { ...at(''), port: 81 }));
  });
});
