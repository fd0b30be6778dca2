/** Who is on the other side of a connection; read once a connection, as it costs a millisecond. */
import type { TLSSocket } from 'node:tls';
import type { Peer } from '../authn/index.ts';
import type { Incoming } from './request.ts';

type Identity = Omit<Peer, 'headers'>;

const known = new WeakMap<object, Identity>();

export function identityOf(incoming: Incoming): Identity {
  const connection = 'stream' in incoming ? (incoming.stream.session ?? incoming.socket) : incoming.socket;
  return known.get(connection) ?? identityOfSocket(connection, incoming.socket as TLSSocket);
}

export function identityOfSocket(connection: object, socket: TLSSocket): Identity {
  const certificate = socket.getPeerCertificate();
  const identity: Identity = {
    authorized: socket.authorized,
    // Without a certificate there is an empty object, and its subject is missing.
    ...('subject' in certificate && { certificate }),
  };
  known.set(connection, identity);
  return identity;
}
