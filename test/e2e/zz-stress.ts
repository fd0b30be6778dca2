import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { kubectls } from '../support/kubectls.ts';
import { StreamWorld } from '../support/streamWorld.ts';
const world = await StreamWorld.start();
await world.addPod('web', 'main');
const programs = (await kubectls()).filter((p) => ['1.30', '1.33'].includes(p.version));
const counts: Record<string, number> = {};
const input = randomBytes(2_000_000);
await Promise.all(Array.from({ length: 12 }, async (_, w) => {
  for (let i = 0; i < 40; i++) {
    const { version, path } = programs[w % programs.length]!;
    const r = await new Promise<string>((resolve) => {
      const c = spawn(path, ['exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'], { env: { ...process.env, KUBECONFIG: world.kubeconfig } });
      let out = 0, err = ''; c.stdout.on('data', (d) => out += d.length); c.stderr.on('data', (d) => err += d);
      c.stdin.on('error', () => {}); c.stdin.end(input);
      c.on('close', (code) => resolve(`${version} ${code} ${out} ${err.trim()}`));
    });
    counts[r] = (counts[r] ?? 0) + 1;
  }
}));
console.log(counts, Object.groupBy(world.upgrades, (u) => u)['SPDY/3.1']?.length, world.upgrades.length);
await world[Symbol.asyncDispose]();
