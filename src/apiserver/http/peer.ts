/** Who is on the other side of a connection; read once a connection, as it costs a millisecond. */
import type { TLSSocket } from 'node:tls';
import type { Peer } from '../authn/index.ts';
import type { Incoming } from './request.ts';

type Identity = Omit<Peer, 'headers'>;

interface Known extends Identity {
  /** Of the certificate, in milliseconds since 1970. */
  expiresAtMs: number;
}

const known = new WeakMap<object, Known>();

export function identityOf(incoming: Incoming): Identity {
  const connection = 'stream' in incoming ? (incoming.stream.session ?? incoming.socket) : incoming.socket;
  return identityOfSocket(connection, incoming.socket as TLSSocket);
}

/** A certificate that ends while its connection is open stands for nobody any more. */
function identityOfSocket(connection: object, socket: TLSSocket): Identity {
  const { expiresAtMs, ...identity } = known.get(connection) ?? read(connection, socket);
  return Date.now() < expiresAtMs ? identity : { ...identity, authorized: false };
}

function read(connection: object, socket: TLSSocket): Known {
  const certificate = socket.getPeerCertificate();
  // Without a certificate there is an empty object, and its subject is missing.
  const shown = 'subject' in certificate;
  const identity: Known = {
    authorized: socket.authorized,
    expiresAtMs: shown ? Date.parse(certificate.valid_to) : Infinity,
    ...(shown && { certificate }),
  };
  known.set(connection, identity);
  return identity;
}
