/** How long it takes from the write of an EndpointSlice until the cluster's DNS answers with it. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { endpointSlices, services } from '../../src/api/resource.ts';
import type { EndpointSlice, Service } from '../../src/api/types.ts';
import type { Client } from '../../src/client/contract.ts';
import { decodeMessage } from '../../src/dns/wire/decode.ts';
import { encodeMessage } from '../../src/dns/wire/encode.ts';
import { questionMessage } from '../../src/dns/wire/message.ts';
import { recordType } from '../../src/dns/wire/types.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';

const name = 'dns-change';
const patienceMs = 10_000;

/** Milliseconds of each change, as seen from a network namespace that has a way to the cluster's DNS. */
export async function measureChanges(
  client: Client,
  netns: string,
  server: string,
  changes: number,
): Promise<number[]> {
  const socket = createSocket('udp4');
  const bind = { address: '0.0.0.0', port: 0 };
  socket.bind({ fd: socketIn(netns, { type: 'udp', family: 4, bind }) });
  const metadata = { name, namespace: 'default' };
  try {
    await client.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { clusterIP: 'None', ports: [{ port: 80 }] },
    } as Service);
    await client.create(endpointSlices, sliceAt('10.0.0.1') as EndpointSlice);
    const times: number[] = [];
    for (let i = 0; i < changes; i++) {
      const address = `10.0.${i >> 8}.${i & 255}`;
      const startMs = performance.now();
      const endpoints = [{ addresses: [address] }];
      const written = client.patch(endpointSlices, metadata, { endpoints });
      await Promise.all([written, untilAnswered(socket, server, address)]);
      times.push(performance.now() - startMs);
    }
    return times;
  } finally {
    socket.close();
    await client.delete(services, metadata).catch(() => {});
    await client.delete(endpointSlices, metadata).catch(() => {});
  }
}

const sliceAt = (address: string) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [],
  endpoints: [{ addresses: [address] }],
});

/** Asks again as soon as there is an answer. */
async function untilAnswered(socket: Socket, server: string, address: string): Promise<void> {
  const question = encodeMessage(questionMessage(1, `${name}.default.svc.cluster.local.`, recordType.A));
  const signal = AbortSignal.timeout(patienceMs);
  for (;;) {
    socket.send(question, 53, server);
    const [bytes] = (await once(socket, 'message', { signal })) as [Buffer];
    const found = decodeMessage(bytes).answers.some(
      ({ data }) => data.kind === 'address' && data.address === address,
    );
    if (found) return;
  }
}
