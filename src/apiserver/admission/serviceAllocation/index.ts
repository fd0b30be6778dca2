/**
 * Cluster IPs and node ports of Services. What is taken is known from the stored Services alone: it is read
 * off them once, then kept in step with every write.
 * https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
 */
import { invalid } from '../../../api/errors.ts';
import { services } from '../../../api/resource.ts';
import type { Service } from '../../../api/types.ts';
import type { AdmissionPlugin } from '../contract.ts';
import { isAbout, objectOf } from '../operation.ts';
import { allocate, occupy, type Ranges, release } from './allocate.ts';
import { carryOver } from './carryOver.ts';
import { clusterIPChanges, fillFamilies } from './families.ts';
import { addressRange, portRange } from './ranges.ts';

export interface ServiceAllocationDeps {
  /** All Services that are stored. Asked once, before the first write. */
  services(): Promise<Iterable<Service>>;
  /** One range a family, the default family's first: `10.96.0.0/12`, `fd96::/112`. */
  serviceCIDRs: readonly string[];
  /** Both included. */
  nodePorts: { first: number; last: number };
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

export function serviceAllocation(deps: ServiceAllocationDeps): AdmissionPlugin {
  const ranges: Ranges = {
    addresses: deps.serviceCIDRs.map((cidr) => addressRange(cidr, deps.random)),
    nodePorts: portRange(deps.nodePorts, deps.random),
  };
  const families = ranges.addresses.map((range) => range.family);
  let loading: Promise<void> | undefined;
  const load = async () => {
    for (const service of await deps.services()) occupy(ranges, service);
  };
  const loaded = () => {
    loading ??= load().catch((err: unknown) => {
      // Not remembered: the next write asks again.
      loading = undefined;
      throw err;
    });
    return loading;
  };

  return {
    name: 'ServiceAllocation',
    handles: (operation) => isAbout(operation, services),
    async admit(operation) {
      await loaded();
      if (operation.verb === 'delete') return undefined;
      const service = objectOf(operation, services);
      const old = operation.old as Service | undefined;
      complete(service, old);
      const undo = allocate(ranges, service, old);
      if (!operation.dryRun) return undo;
      undo();
      return undefined;
    },
    committed(operation) {
      const service = objectOf(operation, services);
      if (operation.verb === 'delete') release(ranges, service, undefined);
      else if (operation.old) release(ranges, operation.old as Service, service);
    },
  };

  function complete(service: Service, old: Service | undefined): void {
    const { spec } = service;
    if (!spec) return;
    if (old) carryOver(service, old);
    const changed = old?.spec ? clusterIPChanges(spec, old.spec) : [];
    const wrong = changed.length > 0 ? changed : fillFamilies(spec, old?.spec, families);
    if (wrong.length > 0) throw invalid(services, service.metadata.name, wrong);
  }
}
