import { connect } from 'node:net';
import type { Probe } from '../../api/types.ts';
import { bracketed } from '../../lib/ip.ts';
import { failed, type Outcome, ok, type Target } from './contract.ts';

/** Good as soon as the connection stands. */
export function tcpProbe(
  { host, port }: NonNullable<Probe['tcpSocket']>,
  target: Target,
  timeoutMs: number,
): Promise<Outcome> {
  const where = { host: host ?? target.ip, port: target.port(port) };
  const shown = `dial tcp ${bracketed(where.host)}:${where.port}`;
  return new Promise((resolve) => {
    const socket = connect(where);
    const done = (outcome: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => done(failed(`${shown}: i/o timeout`)), timeoutMs);
    socket.on('connect', () => done(ok()));
    socket.on('error', (err: NodeJS.ErrnoException) =>
      done(failed(`${shown}: ${err.code === 'ECONNREFUSED' ? 'connect: connection refused' : err.message}`)),
    );
  });
}
