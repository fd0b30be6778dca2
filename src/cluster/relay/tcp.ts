/** Carries TCP connections from the host's loopback to a node. */
import net from 'node:net';

export interface TcpRelay {
  close(): void;
}

export interface TcpRelayOptions {
  host: string;
  port: number;
  /** Connects to the target, trying one after another what may serve it. */
  dial: () => Promise<net.Socket>;
}

/** Resolves when it listens; rejects when the port is taken. Established connections outlive `close`. */
export function relayTcp({ host, port, dial }: TcpRelayOptions): Promise<TcpRelay> {
  // Both halves may be closed on their own: HTTP/1.0 clients and `nc -N` do that.
  const server = net.createServer(
    { allowHalfOpen: true, noDelay: true },
    (client) => void carry(client, dial),
  );
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve({ close: () => server.close() });
    });
  });
}

async function carry(client: net.Socket, dial: () => Promise<net.Socket>): Promise<void> {
  client.on('error', () => client.destroy());
  client.pause();
  let target: net.Socket;
  try {
    target = await dial();
  } catch {
    client.resetAndDestroy();
    return;
  }
  target.on('error', () => client.resetAndDestroy());
  client.on('close', (hadError) => (hadError || !client.readableEnded ? target.destroy() : undefined));
  target.on('close', (hadError) => (hadError || !target.readableEnded ? client.destroy() : undefined));
  client.pipe(target);
  target.pipe(client);
}
