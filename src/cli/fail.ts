/** What a person sees when a command fails: one sentence, and exit code 1. `SWITCHBOARD_LOG=debug` shows where. */
export function fail(err: unknown): never {
  const error = err instanceof Error ? err : new Error(String(err));
  process.stderr.write(
    `switchboard: ${process.env['SWITCHBOARD_LOG'] === 'debug' ? error.stack : error.message}\n`,
  );
  process.exit(1);
}
