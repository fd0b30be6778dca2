import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { service, slice, type TestService } from '../../test/support/services.ts';
import { frontendsOf } from './rules.ts';
import { Node, place } from './testing/node.ts';

const [here, there] = [
  { address: '10.244.1.5', node: 'node-1' },
  { address: '10.244.2.5', node: 'node-2' },
];
const web: TestService = {
  name: 'web',
  clusterIPs: ['10.96.0.20'],
  nodePort: 30080,
  loadBalancerIPs: ['172.30.15.1'],
};
const local: TestService = { ...web, spec: { externalTrafficPolicy: 'Local' } };
const [client, pod] = ['172.30.0.1', '10.244.1.9'];
const fromOutside = { iifname: 'eth0' };
const vip = '172.30.15.1:80';

describe('a packet for a load balancer’s address', () => {
  test('reaches an endpoint on any node, under the node’s address', () => {
    const node = new Node().set(web, here, there);
    assert.equal(node.send(client, vip, fromOutside), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send(client, vip, { ...fromOutside, slot: 1 }), '172.30.0.2 → 10.244.2.5:8080');
  });

  test('keeps its source and this node under externalTrafficPolicy: Local', () => {
    const node = new Node().set(local, here, there);
    for (const slot of [0, 1])
      assert.equal(node.send(client, vip, { ...fromOutside, slot }), `${client} → 10.244.1.5:8080`);
  });

  test('of a pod or of this node may go to any node all the same', () => {
    const node = new Node().set(local, there, here);
    assert.equal(node.send(pod, vip, { slot: 1 }), `${pod} → 10.244.2.5:8080`);
    assert.equal(node.send('172.30.0.2', vip, { slot: 1 }), '172.30.0.2 → 10.244.2.5:8080');
    assert.equal(node.send(pod, '172.30.0.2:30080', { slot: 1 }), `${pod} → 10.244.2.5:8080`);
  });

  test('of another node’s pod, at a node port, is from outside: its answer would not come back through here', () => {
    const node = new Node().set(local, there, here);
    for (const slot of [0, 1])
      assert.equal(
        node.send('10.244.2.9', '172.30.0.2:30080', { ...fromOutside, slot }),
        '10.244.2.9 → 10.244.1.5:8080',
      );
  });

  test('has no answer while endpoints are only elsewhere, and is refused when there are none', () => {
    const node = new Node().set(local, there);
    assert.equal(node.send(client, vip, fromOutside), 'drop');
    assert.equal(node.send(client, '172.30.0.2:30080', fromOutside), 'drop');
    assert.equal(node.set(local).send(client, vip, fromOutside), 'tcp reset');
    assert.equal(node.send(pod, vip), 'tcp reset');
  });

  test('is refused on every port that no Service has there: other ports, node ports, the node’s own', () => {
    const node = new Node().set(web, here);
    for (const port of [81, 30080, 10250]) {
      assert.equal(node.send(client, `172.30.15.1:${port}`, fromOutside), 'tcp reset');
      assert.equal(node.send(pod, `172.30.15.1:${port}`), 'tcp reset');
    }
    node.change('web', []);
    assert.equal(node.send(client, '172.30.15.1:81', fromOutside), `${client} → 172.30.15.1:81`);
  });

  test('that another class gave out leaves the rest of the address alone: it may be a node’s', () => {
    const of = { ...web, loadBalancerIPs: ['172.30.0.2'], spec: { loadBalancerClass: 'example.com/theirs' } };
    const node = new Node().set(of, here);
    assert.equal(node.send(client, '172.30.0.2:80', fromOutside), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send(client, '172.30.0.2:22', fromOutside), `${client} → 172.30.0.2:22`);
  });

  test('leaves the rest of the address alone in a cluster without pools of its own', () => {
    const node = new Node().change(
      'web',
      frontendsOf(service(web), [slice('web', [here])], { nodeName: 'node-1' }),
    );
    assert.equal(node.send(client, vip, fromOutside), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send(client, '172.30.15.1:22', fromOutside), `${client} → 172.30.15.1:22`);
  });

  test('may be shared by Services with other ports', () => {
    const node = new Node()
      .set(web, here)
      .set({ ...web, name: 'dns', clusterIPs: ['10.96.0.21'], port: 53, nodePort: 30053 }, there);
    assert.equal(node.send(client, vip, fromOutside), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send(client, '172.30.15.1:53', fromOutside), '172.30.0.2 → 10.244.2.5:8080');
    node.change('web', []);
    assert.equal(node.send(client, vip, fromOutside), 'tcp reset');
  });

  test('has no answer from outside loadBalancerSourceRanges; node ports and the cluster IP do not ask', () => {
    const spec = { loadBalancerSourceRanges: ['172.30.0.0/30', ' 10.0.0.0/8 ', 'fd30::/64'] };
    const node = new Node().set({ ...web, spec }, here);
    assert.equal(node.send(client, vip, fromOutside), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send('172.30.0.77', vip, fromOutside), 'drop');
    assert.equal(node.send(pod, vip), '172.30.0.2 → 10.244.1.5:8080');
    assert.equal(node.send('172.30.0.77', '172.30.0.2:30080', fromOutside), '172.30.0.2 → 10.244.1.5:8080');
    node.set(web, here);
    assert.equal(node.send('172.30.0.77', vip, fromOutside), '172.30.0.2 → 10.244.1.5:8080');
  });

  test('takes ranges as people write them: all, one in another, with zeros that nobody can read', () => {
    const of = (...loadBalancerSourceRanges: string[]) =>
      new Node().set({ ...web, spec: { loadBalancerSourceRanges } }, here).send(client, vip, fromOutside);
    const served = '172.30.0.2 → 10.244.1.5:8080';
    assert.equal(of('0.0.0.0/0'), served);
    assert.equal(of('172.16.0.0/12', '172.30.0.9/20', '10.0.0.0/8'), served);
    assert.equal(of('172.030.0.0/16'), 'drop');
    assert.equal(of('172.030.0.0/16', '172.30.0.0/20'), served);
  });

  test('under Local asks pods for their source too', () => {
    const spec = { loadBalancerSourceRanges: ['172.30.0.0/20'], externalTrafficPolicy: 'Local' };
    const node = new Node().set({ ...web, spec }, here);
    assert.equal(node.send(client, vip, fromOutside), `${client} → 10.244.1.5:8080`);
    assert.equal(node.send(pod, vip), 'drop');
  });

  test('goes past us when the load balancer changes packets by itself', () => {
    const of = service(web);
    const status = { loadBalancer: { ingress: [{ ip: '172.30.15.1', ipMode: 'Proxy' }] } };
    const node = new Node().change('web', frontendsOf({ ...of, status }, [slice('web', [here])], place));
    assert.equal(node.send(pod, vip), `${pod} → 172.30.15.1:80`);
    assert.equal(node.send(pod, '172.30.0.2:30080'), '172.30.0.2 → 10.244.1.5:8080');
  });
});

describe('a packet for an external IP', () => {
  const external: TestService = {
    name: 'web',
    clusterIPs: ['10.96.0.20', 'fd96::20'],
    spec: { externalIPs: ['203.0.113.5', '2001:db8::5'] },
  };

  test('reaches the Service, under the node’s address', () => {
    const node = new Node().set(external, there);
    assert.equal(node.send(client, '203.0.113.5:80', fromOutside), '172.30.0.2 → 10.244.2.5:8080');
    assert.equal(node.send(pod, '203.0.113.5:80'), '172.30.0.2 → 10.244.2.5:8080');
  });

  test('is refused without endpoints, and another port is none of ours', () => {
    const node = new Node().set(external);
    assert.equal(node.send(client, '203.0.113.5:80', fromOutside), 'tcp reset');
    assert.equal(node.send('fd30::1', '2001:db8::5:80', fromOutside), 'tcp reset');
    assert.equal(node.send(client, '203.0.113.5:81', fromOutside), `${client} → 203.0.113.5:81`);
  });
});

test('a Service that loses its doors leaves nothing of them', () => {
  const node = new Node();
  const empty = node.state.everything();
  node.set(
    { ...local, spec: { ...local.spec, externalIPs: ['203.0.113.5'], sessionAffinity: 'ClientIP' } },
    here,
    there,
  );
  node.change('web', []);
  assert.equal(node.state.everything(), empty);
});
