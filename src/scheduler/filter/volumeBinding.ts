import { isReachableFrom } from '../../api/core/persistentvolume/match.ts';
import { type Filter, fits, type Gate } from '../plugin.ts';
import { claimsOf, planFor } from '../volumes/plan.ts';

const elsewhere = ["node(s) didn't match PersistentVolume's node affinity"];
const none = ["node(s) didn't find available persistent volumes to bind"];
const gone = ['node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'];

/** A pod waits for claims that are missing, that go, or that get their volumes without it. */
export const claimsGiven: Gate = ({ pod }, { volumes }) => {
  const claims = claimsOf(pod, volumes);
  return typeof claims === 'string' ? claims : undefined;
};

/** A pod goes where its volumes are, or where it can get some. */
export const volumeBinding: Filter = ({ pod }, { volumes }) => {
  const claims = claimsOf(pod, volumes);
  if (typeof claims === 'string') return () => [claims];
  const { bound, waiting } = claims;
  if (bound.length + waiting.length === 0) return undefined;
  return ({ node }) => {
    if (bound.some(({ volume }) => !volume)) return gone;
    if (!bound.every(({ volume }) => volume && isReachableFrom(volume, node))) return elsewhere;
    return planFor(waiting, node, volumes) ? fits : none;
  };
};
