/** A DNS server on the loopback that answers as it is told, and remembers what it was asked. */

import { freePort } from '../../lib/testing/freePort.ts';
import type { Next, Query } from '../contract.ts';
import { listenTcp } from '../server/tcp.ts';
import { listenUdp } from '../server/udp.ts';

export interface Upstream {
  port: number;
  asked: Query[];
  close(): Promise<void>;
}

export async function upstream(answer: Next): Promise<Upstream> {
  const asked: Query[] = [];
  const noted: Next = (query) => {
    asked.push(query);
    return answer(query);
  };
  const port = await freePort();
  const [udp, tcp] = await Promise.all([listenUdp(port, noted), listenTcp(port, noted)]);
  return {
    port,
    asked,
    async close() {
      await Promise.all([udp.close(), tcp.close()]);
    },
  };
}
