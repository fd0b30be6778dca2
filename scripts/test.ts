/** Runs one kind of tests: `unit` side by side, those with real namespaces and clusters one after another. */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, missingPackages } from '../src/cluster/setup/packages.ts';
import { findProgram } from '../src/cluster/setup/program.ts';

/** What tests compare with, and no cluster needs: program → Debian package. */
const tools = { curl: 'curl', openssl: 'openssl' };

const kinds: Record<string, { files: string[]; concurrency: number; timeoutMs: number }> = {
  unit: {
    files: [
      'src/**/*.test.ts',
      'test/*.test.ts',
      'test/support/**/*.test.ts',
      'test/controlplane/*.test.ts',
      '{bench,demo,images,scripts}/**/*.test.ts',
    ],
    concurrency: 2,
    timeoutMs: 120_000,
  },
  kernel: { files: ['test/kernel/*.test.ts'], concurrency: 1, timeoutMs: 300_000 },
  e2e: { files: ['test/e2e/*.test.ts'], concurrency: 1, timeoutMs: 600_000 },
  clients: { files: ['test/clients/*.test.ts'], concurrency: 1, timeoutMs: 900_000 },
};

const kind = kinds[process.argv[2] ?? ''];
if (!kind) {
  process.stderr.write(
    `Cannot run tests "${process.argv[2] ?? ''}": give one of ${Object.keys(kinds).join(', ')}\n`,
  );
  process.exit(1);
}
const missing = missingPackages(findProgram, tools);
if (missing.length > 0) await installPackages(missing);

// Without --test-force-exit: it ends a file's process before all of its results were read.
const files = globSync(kind.files).sort();
const child = spawn(
  process.execPath,
  [
    '--test',
    `--import=${join(import.meta.dirname, 'inEachFile.ts')}`,
    `--test-concurrency=${kind.concurrency}`,
    `--test-timeout=${kind.timeoutMs}`,
    `--test-reporter=${process.env['CI'] || !process.stdout.isTTY ? 'spec' : 'dot'}`,
    ...files,
  ],
  { stdio: 'inherit', env: { ...process.env, SWITCHBOARD_LOG: process.env['SWITCHBOARD_LOG'] ?? 'error' } },
);
child.on('exit', (code) => process.exit(code ?? 1));
