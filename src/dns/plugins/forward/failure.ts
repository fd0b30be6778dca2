/**
 * Why an upstream gave no answer, as CoreDNS writes it: `read udp 10.244.0.2:46482->192.0.2.53:53: i/o timeout`. People
 * know these lines, and have patterns for them (`errors { consolidate 5m ".* i/o timeout$" }`).
 */
import { bracketed } from '../../../lib/ip.ts';

export interface End {
  address: string;
  port: number;
}

export interface Line {
  protocol: 'udp' | 'tcp';
  /** Undefined until there is a connection. */
  local: End | undefined;
  remote: End;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
};

/** Nothing came in time. */
export const timedOut = (line: Line): Error => new Error(`${doing(line)}: i/o timeout`);

/** The other side ended the connection. */
export const ended = (line: Line): Error => new Error(`${doing(line)}: EOF`);

/** What the system said; other errors are as they come. */
export function failed(line: Line, err: NodeJS.ErrnoException): Error {
  const reason = reasons[err.code ?? ''];
  if (reason === undefined) return err;
  return err.syscall === 'connect'
    ? new Error(`${doing({ ...line, local: undefined })}: connect: ${reason}`)
    : new Error(`${doing(line)}: read: ${reason}`);
}

function doing({ protocol, local, remote }: Line): string {
  const to = textOf(remote);
  return local ? `read ${protocol} ${textOf(local)}->${to}` : `dial ${protocol} ${to}`;
}

const textOf = ({ address, port }: End): string => `${bracketed(address)}:${port}`;
