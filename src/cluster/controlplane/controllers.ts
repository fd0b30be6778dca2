/** What the controllers are told, from what the control plane is told. Pure. */
import { type ControllerConfig, defaults } from '../../controllers/config.ts';
import { familyOf } from '../../lib/ip.ts';
import { certificateLifeMs } from '../certificates.ts';
import type { ControlPlaneConfig } from '../config.ts';
import { nodePrefix } from '../network/ranges.ts';

export const controllerConfig = (config: ControlPlaneConfig): ControllerConfig => ({
  identity: config.nodeName,
  apiServer: {
    addresses: config.addresses.slice(0, 1),
    port: config.port,
    serviceIPs: [config.kubernetesService],
  },
  caCertificate: config.authority.certificate,
  serviceAccountKey: config.serviceAccountKey,
  signing: { authority: config.authority, longestMs: certificateLifeMs },
  podCIDRs: config.podCIDRs.map((cidr) => ({ cidr, nodePrefix: nodePrefix[familyOf(cidr)] })),
  serviceCIDRs: config.serviceCIDRs,
  loadBalancerPools: config.loadBalancerPools,
  nodeGraceMs: defaults.nodeGraceMs,
});
