/** Loaded by `scripts/test.ts` into the process of each test file. */
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** Longer than the files' own last steps may take, which come after this one. */
const graceMs = 120_000;

/**
 * Node ends a test that takes too long, but waits for ever for a file whose tests are over and in which something is
 * left open: here it fails, and says what.
 */
function endIfNothingElseDoes(): void {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(`The tests of ${process.argv[1]} are over, and it does not end: ${open}\n`);
    process.exit(1);
  }, graceMs).unref();
}

if (process.env['NODE_TEST_CONTEXT'] && isMainThread) {
  after(endIfNothingElseDoes);
  // The whole suite tries the same every time; a file that is run by itself tries something else each time.
  const { configureGlobal } = await import('fast-check');
  configureGlobal({ seed: Number(process.env['SEED'] ?? 1) });
}
