import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { kubectls } from '../support/kubectls.ts';
import { StreamWorld } from '../support/streamWorld.ts';
const world = await StreamWorld.start();
await world.addPod('web', 'main');
const programs = (await kubectls()).filter((p) => ['1.20', '1.29', '1.30', '1.33'].includes(p.version));
const counts: Record<string, number> = {};
const input = randomBytes(2_000_000);
await Promise.all(Array.from({ length: 12 }, async (_, w) => {
  for (let i = 0; i < 40; i++) {
    const { version, path } = programs[w % programs.length]!;
    const r = await new Promise<string>((resolve) => {
      const c = spawn(path, ['exec', '-i', 'web', '--', 'sh', '-c', 'head -c 3000000 /dev/zero; exit 4'], { env: { ...process.env, KUBECONFIG: world.kubeconfig } });
      let out = 0, err = ''; c.stdout.on('data', (d) => out += d.length); c.stderr.on('data', (d) => err += d);
      c.stdin.on('error', () => {}); c.stdin.end(input);
      c.on('close', (code) => resolve(`${version} ${code} ${out} ${err.trim()}`));
    });
    counts[r] = (counts[r] ?? 0) + 1;
  }
}));
console.log(counts);
await world[Symbol.asyncDispose]();
