/** A node's proxy and a kernel in memory that follows it. */
import { service, slice, type TestEndpoint, type TestService } from '../../../test/support/services.ts';
import { apply } from '../../nft/fake.ts';
import type { Ruleset } from '../../nft/ruleset.ts';
import { type Host, type Packet, trace } from '../../nft/trace.ts';
import { frontendsOf } from '../rules.ts';
import { ProxyState } from '../state.ts';
import type { Ranges } from '../table.ts';

export const ranges = {
  serviceCIDRs: ['10.96.0.0/12', 'fd96::/112'],
  clusterCIDRs: ['10.244.0.0/16', 'fd44::/56'],
  localPodCIDRs: ['10.244.1.0/24', 'fd44:0:0:1::/64'],
};

export const place = { nodeName: 'node-1', hasPools: true };

export class Node {
  readonly state: ProxyState;
  ruleset: Ruleset;
  last = '';

  constructor(more: Partial<Ranges> = {}) {
    this.state = new ProxyState({ ...ranges, ...more });
    this.ruleset = apply(new Map(), this.state.everything());
  }

  set(of: TestService, ...endpoints: TestEndpoint[]): this {
    const slices = [slice(of.name, endpoints, of.protocol ? { protocol: of.protocol } : {})];
    return this.change(of.name, frontendsOf(service(of), slices, place));
  }

  change(name: string, frontends: ReturnType<typeof frontendsOf>): this {
    this.last = this.state.update(new Map([[name, frontends]])).transactions.join('\n');
    this.ruleset = apply(this.ruleset, this.last);
    return this;
  }

  /** `10.244.1.9 → 10.96.0.20:80` becomes `10.244.1.9 → 10.244.1.5:8080`, or what else becomes of it. */
  send(from: string, to: string, options: Partial<Packet> & { slot?: number } = {}): string {
    const { slot = 0, ...changes } = options;
    const [, daddr = '', port] = /^(.*):(\d+)$/.exec(to) ?? [];
    const packet: Packet = {
      iifname: 'veth1',
      saddr: from,
      daddr,
      protocol: 'tcp',
      dport: Number(port),
      ...changes,
    };
    const result = trace(this.ruleset, packet, { ...host, random: (n) => slot % n });
    if (result.verdict !== 'accept') return result.rejectedWith ?? result.verdict;
    return `${result.packet.saddr} → ${result.packet.daddr}:${result.packet.dport}`;
  }
}

export const host: Omit<Host, 'random'> = {
  isLocal: (address) => ['172.30.0.2', 'fd30::2', '127.0.0.1', '::1'].includes(address),
  linkTo: (address) => (address.startsWith('10.244.1.') ? 'veth1' : 'eth0'),
  ownAddress: (family) => (family === 4 ? '172.30.0.2' : 'fd30::2'),
};
