/** Which node a connection goes to: the first that answers; one that does not is tried last from then on. */
import type net from 'node:net';

export interface Dialer {
  dial(port: number): Promise<net.Socket>;
  /** The node that is tried first. */
  first(): string;
  /** The nodes that there are now, the best first. */
  update(addresses: readonly string[]): void;
}

export function dialer(
  addresses: readonly string[],
  connect: (address: string, port: number) => Promise<net.Socket>,
): Dialer {
  let order = [...addresses];
  return {
    first: () => order[0] ?? '',
    update(now) {
      order = [...order.filter((a) => now.includes(a)), ...now.filter((a) => !order.includes(a))];
    },
    async dial(port) {
      let failure: unknown = new Error('Cannot relay: the cluster has no node');
      for (const address of [...order]) {
        try {
          return await connect(address, port);
        } catch (err) {
          failure = err;
          // A refusal is an answer: the node is there, and asking another would hide what it said.
          if ((err as NodeJS.ErrnoException).code === 'ECONNREFUSED') throw err;
          order = [...order.filter((a) => a !== address), address];
        }
      }
      throw failure;
    },
  };
}
