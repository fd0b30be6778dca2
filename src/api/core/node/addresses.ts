import { canonical, isAddress } from '../../../lib/ip.ts';
import type { Node } from '../../types.ts';

/** At which a node is reached within the cluster, the primary family's first, in canonical text. */
export const internalIPs = ({ status }: Node): string[] =>
  (status?.addresses ?? []).flatMap(({ type, address }) =>
    type === 'InternalIP' && isAddress(address) ? canonical(address) : [],
  );
