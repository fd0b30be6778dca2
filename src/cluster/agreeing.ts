/** What is fixed when a cluster is made: a second `up` may say it again, and nothing else. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { addressesOf } from './addresses.ts';
import { asOptions, isAsAsked } from './network/network.ts';
import type { ClusterRecord } from './record.ts';
import type { UpOptions } from './upOptions.ts';

/** The cluster that is there; throws when another was asked for. */
export function agreeing(known: ClusterRecord, asked: UpOptions): ClusterRecord {
  const { nodes, hermetic, network = {}, loadBalancerPool: pools, auditPolicy } = asked;
  const { name } = known;
  const cannotChange = (what: string) =>
    new Error(`Cannot change ${what}: take it down first with: switchboard down --name ${name}`);

  if (nodes !== undefined && nodes !== known.nodes.length)
    throw cannotChange(`cluster ${name} from ${known.nodes.length} to ${nodes} nodes`);
  if (hermetic !== known.hermetic) throw cannotChange(`whether cluster ${name} is hermetic`);
  if (!isAsAsked(known.network, network))
    throw cannotChange(`the address ranges of cluster ${name}, which are ${asOptions(known.network)}`);
  const { loadBalancerPools } = addressesOf(known);
  if (pools && !isDeepStrictEqual(poolsWith(known, pools), loadBalancerPools))
    throw cannotChange(`the pools of cluster ${name}, which are ${loadBalancerPools.join(', ')}`);
  if (auditPolicy !== undefined && !isDeepStrictEqual(auditPolicy, known.auditPolicy))
    throw cannotChange(`the audit policy of cluster ${name}`);
  return known;
}

const poolsWith = (known: ClusterRecord, loadBalancerPools: readonly string[]) =>
  addressesOf({ ...known, loadBalancerPools }).loadBalancerPools;
