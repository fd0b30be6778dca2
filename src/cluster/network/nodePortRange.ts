/** The range of node ports that somebody asked for. Pure. */

/** Both included. */
export interface PortRange {
  first: number;
  last: number;
}

const option = '--service-node-port-range';

/** A node port on one of these would cut the node off. https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const own: readonly (readonly [number, string])[] = [
  [6443, 'the API'],
  [10183, "the load balancer's heartbeats"],
  [10249, "the proxy's metrics"],
  [10250, 'the kubelet'],
  [10256, "the proxy's health"],
];

/** `30000-32767`; undefined when nothing was asked for. */
export function nodePortRange(text: string | undefined): PortRange | undefined {
  if (text === undefined) return undefined;
  const [, firstText, lastText] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const [first, last] = [Number(firstText), Number(lastText)];
  if (!(first >= 1 && first <= last && last <= 65_535))
    throw new Error(`Cannot use ${text} for node ports: ${option} takes a range such as 30000-32767`);
  const taken = own.find(([port]) => first <= port && port <= last);
  if (taken)
    throw new Error(
      `Cannot use ${text} for node ports: ${taken[0]} is the port of ${taken[1]} on every node; give a range without it`,
    );
  return { first, last };
}
