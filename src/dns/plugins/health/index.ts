import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';

/** `GET :8080/health` answers OK as long as the process lives. */
export const health: SetUp = (directive, { serveHttp }) => {
  expectNoMore(directive, 1);
  serveHttp(directive.args[0] ?? ':8080', '/health', () => ({ code: 200, body: 'OK' }));
  return { name: 'health' };
};
