/** Why pods cannot run on this node yet, in the words of its Ready condition. */
export interface ReadinessParts {
  podCIDRs: () => readonly string[] | undefined;
  routes: Promise<void>;
  proxy: Promise<void>;
}

export function readiness({ podCIDRs, routes, proxy }: ReadinessParts): () => string | undefined {
  const waiting = new Set(['routes to the other nodes', 'the rules of Services']);
  void routes.then(() => waiting.delete('routes to the other nodes'));
  void proxy.then(() => waiting.delete('the rules of Services'));
  return () => {
    if (!podCIDRs()) return 'the node has no range for its pods yet';
    const [first] = waiting;
    return first && `the network waits for ${first}`;
  };
}
