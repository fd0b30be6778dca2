import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';

/** `GET :8181/ready` answers OK when every plugin that can tell is ready, else 503 and the names of those that are not. */
export const ready: SetUp = (directive, { serveHttp, plugins, isEnding }) => {
  expectNoMore(directive, 1);
  serveHttp(directive.args[0] ?? ':8181', '/ready', () => {
    if (isEnding()) return { code: 503, body: 'Shutting down' };
    const waiting = plugins()
      .filter((plugin) => plugin.notReady?.() !== undefined)
      .map((plugin) => plugin.name);
    return waiting.length === 0 ? { code: 200, body: 'OK' } : { code: 503, body: waiting.join(',') };
  });
  return { name: 'ready' };
};
