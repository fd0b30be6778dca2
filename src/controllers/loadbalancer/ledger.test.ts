/** The controller against an API that answers late and tells late: what is written is true only for who sees it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { balancerIPs, isOurs } from '../../api/core/service/loadBalancer.ts';
import type { Service } from '../../api/types.ts';
import { aService } from '../testing/objects.ts';
import { desired } from './desired.ts';
import { createLedger, follow } from './ledger.ts';
import { poolOf } from './pools.ts';
import { conflictOf, sharingAnnotation, tenantOf } from './tenant.ts';

const pools = ['10.0.0.1-10.0.0.3', 'fd30::1-fd30::4'].map(poolOf);

interface Wish {
  port: number;
  key: 'none' | 'a' | 'b';
  families: 'IPv4' | 'IPv6' | 'both';
  isLocal: boolean;
  selector: string;
}

const families = { IPv4: ['IPv4'], IPv6: ['IPv6'], both: ['IPv4', 'IPv6'] };

function serviceOf(name: string, { port, key, families: which, isLocal, selector }: Wish): Service {
  const annotations = key === 'none' ? {} : { [sharingAnnotation]: key };
  const spec = {
    type: 'LoadBalancer',
    ports: [{ port }],
    selector: { app: selector },
    ipFamilies: families[which],
    ipFamilyPolicy: which === 'both' ? 'PreferDualStack' : 'SingleStack',
    externalTrafficPolicy: isLocal ? 'Local' : 'Cluster',
  };
  return aService(spec, { name, annotations });
}

/** What is stored, what of it the controller has seen, and one write that is under way. */
class World {
  readonly stored = new Map<string, Service>();
  readonly seen = new Map<string, Service>();
  readonly untold: [string, Service | undefined][] = [];
  ledger = createLedger(pools);
  #revision = 0;
  #underWay: Service | undefined;

  put(key: string, service: Service | undefined): void {
    if (!service) {
      if (!this.stored.delete(key)) return;
      this.untold.push([key, undefined]);
      return;
    }
    const resourceVersion = String(++this.#revision);
    const next = { ...service, metadata: { ...service.metadata, resourceVersion } };
    this.stored.set(key, next);
    this.untold.push([key, next]);
  }

  tell(count: number): void {
    for (const [key, now] of this.untold.splice(0, count)) {
      follow(this.ledger, now, this.seen.get(key));
      if (now) this.seen.set(key, now);
      else this.seen.delete(key);
    }
  }

  /** The first half of a sync. */
  decide(key: string): void {
    if (this.#underWay) return;
    const service = this.seen.get(key);
    if (!service || !isOurs(service)) return;
    const { addresses } = desired(service, this.ledger);
    this.ledger.promise(tenantOf(service), addresses);
    const status = { loadBalancer: { ingress: addresses.map((ip) => ({ ip, ipMode: 'VIP' })) } };
    if (addresses.join() !== balancerIPs(service).join()) this.#underWay = { ...service, status };
  }

  /** The second half; `isLost` when the server never heard of it. */
  write(isLost: boolean): void {
    const write = this.#underWay;
    this.#underWay = undefined;
    if (!write || isLost) return;
    const key = tenantOf(write).key;
    if (this.stored.get(key)?.metadata.resourceVersion !== write.metadata.resourceVersion) return;
    this.put(key, write);
  }

  /** Another process takes over: it knows what is stored. */
  restart(): void {
    this.#underWay = undefined;
    this.ledger = createLedger(pools);
    this.seen.clear();
    this.untold.splice(0);
    for (const [key, service] of this.stored) this.untold.push([key, service]);
    this.tell(Infinity);
  }

  settle(): void {
    for (let round = 0; round < 20; round++)
      for (const key of this.stored.keys()) {
        this.write(false);
        this.tell(Infinity);
        this.decide(key);
      }
    this.write(false);
    this.tell(Infinity);
  }

  /** Two Services that have an address and cannot share it. */
  conflicts(): string[] {
    const all = [...this.stored.values()];
    return all.flatMap((one, i) =>
      all.slice(i + 1).flatMap((other) => {
        const common = balancerIPs(one).filter((ip) => balancerIPs(other).includes(ip));
        return common.length > 0 && conflictOf(tenantOf(one), tenantOf(other)) ? common : [];
      }),
    );
  }
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const wish = fc.record<Wish>({
  port: fc.integer({ min: 80, max: 82 }),
  key: fc.constantFrom('none', 'none', 'a', 'b'),
  families: fc.constantFrom('IPv4', 'IPv4', 'IPv6', 'both'),
  isLocal: fc.boolean(),
  selector: fc.constantFrom('web', 'db'),
});

type Step = (world: World) => void;

/** A Service is made, deleted, asks for an address, stops to, or is a LoadBalancer no longer. */
const happens: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, wish).map(
    ([at, w]): Step =>
      (world) => {
        if (!world.stored.has(`default/${at}`)) world.put(`default/${at}`, serviceOf(at, w));
      },
  ),
  name.map(
    (at): Step =>
      (world) =>
        world.put(`default/${at}`, undefined),
  ),
  fc.tuple(name, fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.9', 'fd30::2', '')).map(
    ([at, loadBalancerIP]): Step =>
      (world) => {
        const old = world.stored.get(`default/${at}`);
        if (old) world.put(`default/${at}`, { ...old, spec: { ...old.spec, loadBalancerIP } });
      },
  ),
  fc.tuple(name, fc.boolean()).map(
    ([at, isOn]): Step =>
      (world) => {
        const old = world.stored.get(`default/${at}`);
        if (!old) return;
        const spec = { ...old.spec, type: isOn ? 'LoadBalancer' : 'ClusterIP' };
        world.put(`default/${at}`, { ...old, spec, ...(!isOn && { status: {} }) });
      },
  ),
);

const goesOn: fc.Arbitrary<Step> = fc.oneof(
  fc.nat(3).map(
    (count): Step =>
      (world) =>
        world.tell(count),
  ),
  name.map(
    (at): Step =>
      (world) =>
        world.decide(`default/${at}`),
  ),
  fc.constant<Step>((world) => world.write(false)),
  fc.constant<Step>((world) => world.write(true)),
);

const steps = fc.array(fc.oneof(happens, { arbitrary: goesOn, weight: 3 }), { maxLength: 80, size: 'max' });

describe('whatever happens in whatever order, and however late it is told', () => {
  test('no two Services have an address that they cannot share', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = new World();
        for (const step of all) {
          step(world);
          assert.deepEqual(world.conflicts(), []);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('in the end nobody waits for what is free, and another process changes nothing', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = new World();
        for (const step of all) step(world);
        world.settle();
        assert.deepEqual(world.conflicts(), []);
        const settled = [...world.stored.values()].map(balancerIPs);
        for (const service of world.stored.values()) {
          if (!isOurs(service)) continue;
          assert.deepEqual(desired(service, world.ledger).addresses, balancerIPs(service));
        }
        world.restart();
        world.settle();
        assert.deepEqual([...world.stored.values()].map(balancerIPs), settled);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the ledger', () => {
  test('goes on giving the lowest free address among thousands', () => {
    const ledger = createLedger([poolOf('10.0.0.0/16')]);
    const one = (i: number, ...ips: string[]) =>
      ledger.set({ key: `default/s${i}`, ports: ['80/TCP'], isLocal: false, pods: '' }, ips);
    for (let i = 0; i < 5_000; i++) one(i, ledger.lowestFree('IPv4') ?? '');
    assert.equal(ledger.lowestFree('IPv4'), '10.0.19.137');
    assert.ok(ledger.forget('default/s7'));
    assert.ok(ledger.forget('default/s3000'));
    assert.ok(!ledger.forget('default/s3000'));
    assert.equal(ledger.lowestFree('IPv4'), '10.0.0.8');
    one(7, '10.0.0.8');
    assert.equal(ledger.lowestFree('IPv4'), '10.0.11.185');
  });

  test('keeps what was promised beside what is had until the change is seen', () => {
    const ledger = createLedger(pools);
    const tenant = { key: 'default/web', ports: ['80/TCP'], isLocal: false, pods: '' };
    ledger.set(tenant, ['10.0.0.1']);
    ledger.promise(tenant, ['10.0.0.2']);
    assert.equal(ledger.lowestFree('IPv4'), '10.0.0.3');
    assert.ok(ledger.set(tenant, ['10.0.0.2']));
    assert.equal(ledger.lowestFree('IPv4'), '10.0.0.1');
    assert.ok(!ledger.set(tenant, ['10.0.0.2']));
  });
});
