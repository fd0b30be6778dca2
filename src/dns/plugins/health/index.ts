import type { SetUp } from '../../contract.ts';
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { takeDuration } from '../../corefile/values.ts';

/** `GET :8080/health` answers OK as long as the process lives, also in the time that it still answers after its end was asked for. */
export const health: SetUp = (directive, { serveHttp, clock, log }) => {
  const { args, block } = directive;
  expectNoMore({ ...directive, block: [] }, 1);
  let lameduckMs = 0;
  for (const option of block) {
    if (option.name !== 'lameduck') throw unknownOption('health', option);
    expectNoMore(option, 1);
    lameduckMs = takeDuration('health: lameduck', option.args[0], option.line);
  }
  serveHttp(args[0] ?? ':8080', '/health', () => ({ code: 200, body: 'OK' }));
  return {
    name: 'health',
    async lameduck() {
      if (lameduckMs > 0) log.info({}, `going into lameduck mode for ${lameduckMs / 1000}s`);
      await clock.sleep(lameduckMs);
    },
  };
};
