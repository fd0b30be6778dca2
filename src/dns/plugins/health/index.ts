import type { SetUp } from '../../contract.ts';

/** `GET :8080/health` answers OK as long as the process lives. */
export const health: SetUp = ({ args }, { serveHttp }) => {
  serveHttp(args[0] ?? ':8080', '/health', () => ({ code: 200, body: 'OK' }));
  return { name: 'health' };
};
