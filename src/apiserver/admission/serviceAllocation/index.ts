/**
 * Cluster IPs and node ports of Services. What is taken is known from what is stored alone: it is read off
 * Services, IPAddresses and ServiceCIDRs once, then kept in step with every write.
 * https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
 */
import { validateAddressChange } from '../../../api/core/service/validateAddresses.ts';
import { invalid } from '../../../api/errors.ts';
import { ipAddresses, serviceCIDRs, services } from '../../../api/resource.ts';
import type { IPAddress, Service, ServiceCIDR } from '../../../api/types.ts';
import type { AdmissionPlugin, Operation, Undo } from '../contract.ts';
import { isAbout, objectOf } from '../operation.ts';
import { createAddresses } from './addresses.ts';
import { allocate, occupy, type Ranges, release } from './allocate.ts';
import { carryOver } from './carryOver.ts';
import { fillFamilies } from './families.ts';
import { defaultName, followAddress, followRanges, holdBack, protect } from './objects.ts';
import { ipFamilyOf, portRange } from './ranges.ts';

export interface ServiceAllocationDeps {
  /** All Services that are stored. Asked once, before the first write. */
  services(): Promise<Iterable<Service>>;
  ipAddresses(): Promise<Iterable<IPAddress>>;
  serviceRanges(): Promise<Iterable<ServiceCIDR>>;
  /** One range a family, the default family's first: `10.96.0.0/12`, `fd96::/112`. */
  serviceCIDRs: readonly string[];
  /** Both included. */
  nodePorts: { first: number; last: number };
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

export function serviceAllocation(deps: ServiceAllocationDeps): AdmissionPlugin {
  const addresses = createAddresses(deps.random);
  const ranges: Ranges = { addresses, nodePorts: portRange(deps.nodePorts, deps.random) };
  const families = deps.serviceCIDRs.map((cidr) => ipFamilyOf(cidr));
  // Until its object is there, and when it is gone: its controller makes it at once.
  const useConfigured = () => addresses.setRanges(defaultName, deps.serviceCIDRs, true);
  useConfigured();
  let loading: Promise<void> | undefined;
  const load = async () => {
    const [cidrs, objects, stored] = await Promise.all([
      deps.serviceRanges(),
      deps.ipAddresses(),
      deps.services(),
    ]);
    for (const cidr of cidrs) followRanges(addresses, cidr);
    for (const object of objects) followAddress(addresses, object);
    for (const service of stored) occupy(ranges, service);
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
    handles: (operation) => [services, ipAddresses, serviceCIDRs].some((about) => isAbout(operation, about)),
    async admit(operation) {
      await loaded();
      if (isAbout(operation, services)) return admitService(operation);
      return isAbout(operation, serviceCIDRs) ? admitRanges(operation) : undefined;
    },
    committed(operation) {
      const isGone = operation.verb === 'delete';
      if (isAbout(operation, ipAddresses)) {
        if (isGone) addresses.unreserve(operation.object.metadata.name);
        else followAddress(addresses, objectOf(operation, ipAddresses));
      } else if (isAbout(operation, serviceCIDRs)) {
        const cidr = objectOf(operation, serviceCIDRs);
        if (isGone) forgetRanges(cidr.metadata.name);
        // What lets go of the last finalizer is an update of an object that is gone.
        else if (!isLetGo(cidr)) followRanges(addresses, cidr);
      } else committedService(operation);
    },
  };

  function admitService(operation: Operation): Undo | undefined {
    if (operation.verb === 'delete') return undefined;
    const service = objectOf(operation, services);
    const old = operation.old as Service | undefined;
    complete(service, old);
    const undo = allocate(ranges, service, old);
    if (!operation.dryRun) return undo;
    undo();
    return undefined;
  }

  function admitRanges(operation: Operation): Undo | undefined {
    const cidr = objectOf(operation, serviceCIDRs);
    if (operation.verb === 'create') protect(cidr);
    // From the mark on, not only when it is gone: between the two, addresses in use leave.
    return operation.verb === 'delete' && !operation.dryRun ? holdBack(addresses, cidr) : undefined;
  }

  function forgetRanges(name: string): void {
    addresses.removeRanges(name);
    if (name === defaultName) useConfigured();
  }

  function committedService(operation: Operation): void {
    const service = objectOf(operation, services);
    if (operation.verb === 'delete') release(ranges, service, undefined);
    else if (operation.old) release(ranges, operation.old as Service, service);
  }

  function complete(service: Service, old: Service | undefined): void {
    const { spec } = service;
    if (!spec) return;
    if (old) carryOver(service, old);
    const wrong = fillFamilies(spec, old?.spec, families);
    // Before anything else is given to a Service that may not have it.
    if (wrong.length === 0 && old?.spec) wrong.push(...validateAddressChange(spec, old.spec));
    if (wrong.length > 0) throw invalid(services, service.metadata.name, wrong);
  }
}

const isLetGo = ({ metadata }: ServiceCIDR): boolean =>
  metadata.deletionTimestamp !== undefined && !metadata.finalizers?.length;
