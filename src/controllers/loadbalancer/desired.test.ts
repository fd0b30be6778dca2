import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balancerIPs, isOurs } from '../../api/core/service/loadBalancer.ts';
import type { Service } from '../../api/types.ts';
import { aService } from '../testing/objects.ts';
import { desired } from './desired.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { poolOf } from './pools.ts';
import { sharingAnnotation, tenantOf } from './tenant.ts';

const requested = 'switchboard.dev/load-balancer-ips';
type Spec = Partial<NonNullable<Service['spec']>>;

const balanced = (name: string, spec: Spec = {}, annotations: Record<string, string> = {}): Service =>
  aService({ type: 'LoadBalancer', externalTrafficPolicy: 'Cluster', ...spec }, { name, annotations });

const at = (service: Service, ...ips: string[]): Service => ({
  ...service,
  status: { loadBalancer: { ingress: ips.map((ip) => ({ ip, ipMode: 'VIP' })) } },
});

const sharing = (key: string) => ({ [sharingAnnotation]: key });
const port = (number: number, protocol = 'TCP') => ({ ports: [{ port: number, protocol }] });
const dual: Spec = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' };

/** What is known when these Services have what their status says. */
function ledgerOf(...services: Service[]): Ledger {
  const ledger = createLedger(['10.0.0.0/29', 'fd30::f:0/125'].map(poolOf));
  for (const service of services) ledger.set(tenantOf(service), balancerIPs(service));
  return ledger;
}

const given = (service: Service, ...others: Service[]) =>
  desired(service, ledgerOf(...others, service)).addresses;
const fault = (service: Service, ...others: Service[]) =>
  desired(service, ledgerOf(...others, service)).faults.join('; ');

describe('a Service of type LoadBalancer', () => {
  test('gets the lowest free address of each of its families, in their order', () => {
    assert.deepEqual(given(balanced('web')), ['10.0.0.1']);
    assert.deepEqual(given(balanced('web', dual)), ['10.0.0.1', 'fd30::f:1']);
    assert.deepEqual(given(balanced('web', { ipFamilies: ['IPv6'] })), ['fd30::f:1']);
    assert.deepEqual(
      given(
        balanced('web', { ipFamilies: ['IPv6', 'IPv4'] }),
        at(balanced('a'), '10.0.0.1'),
        at(balanced('b'), '10.0.0.3'),
      ),
      ['fd30::f:1', '10.0.0.2'],
    );
  });

  test('keeps what stands in its status, however low others become free', () => {
    assert.deepEqual(given(at(balanced('web'), '10.0.0.5')), ['10.0.0.5']);
    assert.deepEqual(given(at(balanced('web', dual), '10.0.0.5')), ['10.0.0.5', 'fd30::f:1']);
  });

  test('gives back the address of a family that it no longer has', () => {
    assert.deepEqual(given(at(balanced('web'), '10.0.0.5', 'fd30::f:1')), ['10.0.0.5']);
  });

  test('leaves an address that is in no pool', () => {
    const { addresses, losses } = desired(
      at(balanced('web'), '10.9.9.9'),
      ledgerOf(at(balanced('web'), '10.9.9.9')),
    );
    assert.deepEqual(addresses, ['10.0.0.1']);
    assert.match(losses.join(), /10\.9\.9\.9 is in no pool/);
  });

  test('keeps what it has while it ends, and gets nothing new', () => {
    const ending = at(balanced('web'), '10.0.0.5');
    ending.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    ending.spec = { ...ending.spec, loadBalancerIP: '10.0.0.6' };
    assert.deepEqual(given(ending), ['10.0.0.5']);
    assert.deepEqual(given({ ...ending, status: {} }), []);
  });

  test('is told which pool is used up, and what helps', () => {
    const others = Array.from({ length: 6 }, (_, i) => at(balanced(`s${i}`), `10.0.0.${i + 1}`));
    assert.equal(
      fault(balanced('web'), ...others),
      'no address is free in the pool 10.0.0.0/29: delete a Service that has one, or share one by the annotation switchboard.dev/allow-shared-ip',
    );
    assert.deepEqual(given(balanced('web', dual), ...others), ['fd30::f:1']);
    const both = balanced('web', { ...dual, ipFamilyPolicy: 'RequireDualStack' });
    assert.deepEqual(given(both, ...others), []);
  });

  test('is told when there is no pool of its family', () => {
    const service = balanced('web', { ipFamilies: ['IPv6'] });
    const { faults } = desired(service, createLedger([poolOf('10.0.0.0/29')]));
    assert.match(faults.join(), /there is no pool of IPv6 addresses/);
  });

  test('of a class of somebody else is not ours', () => {
    assert.ok(isOurs(balanced('web')));
    assert.ok(isOurs(balanced('web', { loadBalancerClass: 'switchboard.dev/lan' })));
    assert.ok(!isOurs(balanced('web', { loadBalancerClass: 'example.com/lb' })));
    assert.ok(!isOurs(aService({ type: 'NodePort' })));
  });

  test('of another class that has an address keeps others from it', () => {
    const foreign = at(balanced('far', { loadBalancerClass: 'example.com/lb' }, sharing('k')), '10.0.0.1');
    assert.deepEqual(given(balanced('web', port(81), sharing('k')), foreign), ['10.0.0.2']);
  });
});

describe('a request', () => {
  test('by field or annotation is granted, and followed when it changes', () => {
    assert.deepEqual(given(balanced('web', { loadBalancerIP: '10.0.0.4' })), ['10.0.0.4']);
    assert.deepEqual(given(at(balanced('web', { loadBalancerIP: '10.0.0.4' }), '10.0.0.1')), ['10.0.0.4']);
    assert.deepEqual(given(balanced('web', dual, { [requested]: 'fd30:0::F:6, 10.0.0.2' })), [
      '10.0.0.2',
      'fd30::f:6',
    ]);
    const both = balanced('web', { ...dual, loadBalancerIP: '10.0.0.2' }, { [requested]: 'fd30::f:6' });
    assert.deepEqual(given(both), ['10.0.0.2', 'fd30::f:6']);
  });

  test('that is withdrawn leaves the Service where it is', () => {
    assert.deepEqual(given(at(balanced('web'), '10.0.0.4')), ['10.0.0.4']);
  });

  test('of one family leaves the other to chance', () => {
    assert.deepEqual(given(balanced('web', { ...dual, loadBalancerIP: 'fd30::f:3' })), [
      '10.0.0.1',
      'fd30::f:3',
    ]);
  });

  test('for what cannot be had leaves the Service pending, and says what to do', () => {
    const taken = at(balanced('other'), '10.0.0.4');
    for (const [spec, annotations, said] of [
      [{ loadBalancerIP: '10.0.0.4' }, {}, /^10\.0\.0\.4 is taken by default\/other: to share it, give both/],
      [
        { loadBalancerIP: '10.9.9.9' },
        {},
        /^10\.9\.9\.9 is in no pool: ask for one of 10\.0\.0\.1-10\.0\.0\.6$/,
      ],
      [{ loadBalancerIP: '10.0.0.7' }, {}, /is in no pool/],
      [{ loadBalancerIP: 'fd30::f:3' }, {}, /add IPv6 to spec\.ipFamilies, or ask for an address of IPv4/],
      [{ loadBalancerIP: 'soon' }, {}, /^"soon" is not an IP address/],
      [{}, { [requested]: '10.0.0.1,10.0.0.2' }, /are of one family: ask for one address of each/],
      [{ loadBalancerIP: '10.0.0.1' }, { [requested]: '10.0.0.2' }, /count together/],
    ] as const) {
      const service = at(balanced('web', spec, annotations), '10.0.0.5');
      assert.match(fault(service, taken), said);
      assert.deepEqual(given(service, taken), []);
    }
  });

  test('that is refused in one family does not hold up the other', () => {
    const service = balanced('web', { ...dual, loadBalancerIP: '10.0.0.4' });
    assert.deepEqual(given(service, at(balanced('other'), '10.0.0.4')), ['fd30::f:1']);
  });
});

describe('Services with one sharing key', () => {
  const web = at(balanced('web', port(80), sharing('k')), '10.0.0.3');

  test('have one address together, in each family', () => {
    assert.deepEqual(given(balanced('tls', port(443), sharing('k')), web), ['10.0.0.3']);
    const both = at(balanced('web', { ...dual, ...port(80) }, sharing('k')), '10.0.0.3', 'fd30::f:4');
    assert.deepEqual(given(balanced('tls', { ...dual, ...port(443) }, sharing('k')), both), [
      '10.0.0.3',
      'fd30::f:4',
    ]);
  });

  test('may have one port number on two protocols', () => {
    assert.deepEqual(given(balanced('dns', port(80, 'UDP'), sharing('k')), web), ['10.0.0.3']);
  });

  test('get addresses of their own where their ports meet', () => {
    const same = balanced('again', port(80), sharing('k'));
    assert.deepEqual(given(same, web), ['10.0.0.1']);
    assert.match(
      fault(balanced('again', { ...port(80), loadBalancerIP: '10.0.0.3' }, sharing('k')), web),
      /^10\.0\.0\.3 is taken by default\/web: both have port 80\/TCP/,
    );
  });

  test('must select the same pods when one of them is Local', () => {
    const local = { externalTrafficPolicy: 'Local', ...port(443) };
    assert.deepEqual(given(balanced('tls', local, sharing('k')), web), ['10.0.0.3']);
    const others = balanced('tls', { ...local, selector: { app: 'tls' } }, sharing('k'));
    assert.deepEqual(given(others, web), ['10.0.0.1']);
    assert.match(
      fault({ ...others, spec: { ...others.spec, loadBalancerIP: '10.0.0.3' } }, web),
      /need the same selector/,
    );
    const elsewhere = balanced('tls', local, sharing('k'));
    elsewhere.metadata.namespace = 'far';
    assert.deepEqual(given(elsewhere, web), ['10.0.0.1']);
    const bare = balanced('tls', { ...local, selector: {} }, sharing('k'));
    assert.deepEqual(
      given(bare, at(balanced('web', { ...port(80), selector: {} }, sharing('k')), '10.0.0.3')),
      ['10.0.0.1'],
    );
  });

  test('leave the address to the others when they no longer go together', () => {
    const changed = at(balanced('tls', port(80), sharing('k')), '10.0.0.3');
    const { addresses, losses } = desired(changed, ledgerOf(web, changed));
    assert.deepEqual(addresses, ['10.0.0.1']);
    assert.match(losses.join(), /10\.0\.0\.3 is taken by default\/web: both have port 80\/TCP/);
    assert.deepEqual(given(at(balanced('tls', port(443)), '10.0.0.3'), web), ['10.0.0.1']);
  });

  test('of another key, or without one, do not share', () => {
    assert.deepEqual(given(balanced('tls', port(443), sharing('other')), web), ['10.0.0.1']);
    assert.match(
      fault(balanced('tls', { ...port(443), loadBalancerIP: '10.0.0.3' }), web),
      /allow-shared-ip/,
    );
  });
});

describe('a pool', () => {
  const all = (name: string) => {
    const { range } = poolOf(name);
    return [range.first, range.last].map((end) => Number(end % 256n));
  };
  test('that is a CIDR keeps its first and last address; one of two ends gives all', () => {
    assert.deepEqual(all('10.0.0.0/24'), [1, 254]);
    assert.deepEqual(all('10.0.0.0-10.0.0.255'), [0, 255]);
    assert.deepEqual(all('10.0.0.4/31'), [4, 5]);
    assert.deepEqual(all('10.0.0.4/32'), [4, 4]);
  });

  test('is followed by the next of its family', () => {
    const ledger = createLedger(['10.0.0.1-10.0.0.1', 'fd30::1/128', '10.0.1.7-10.0.1.9'].map(poolOf));
    const web = at(balanced('web'), '10.0.0.1');
    ledger.set(tenantOf(web), balancerIPs(web));
    assert.deepEqual(desired(balanced('next'), ledger).addresses, ['10.0.1.7']);
  });
});
