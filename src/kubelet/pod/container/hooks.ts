/** https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/ */
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Container } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { ContainerRuntime } from '../../contract.ts';
import { portNumber } from './ports.ts';
import { runIn } from './run.ts';

export type Hook = NonNullable<NonNullable<Container['lifecycle']>['preStop']>;

export interface HookTarget {
  runtime: ContainerRuntime;
  clock: Clock;
  container: Container;
  id: string;
  podIP: string;
  /** Ends the waiting, not the hook's own work. */
  signal: AbortSignal;
}

/** Rejects when the hook failed. */
export async function runHook(hook: Hook, target: HookTarget, timeoutMs: number): Promise<void> {
  if (hook.sleep) return target.clock.sleep(Math.min(hook.sleep.seconds * 1000, timeoutMs), target.signal);
  if (hook.exec) {
    const argv = hook.exec.command ?? [];
    const { code, output } = await runIn(target.runtime, target.id, argv, timeoutMs);
    if (code !== 0) throw new Error(`command '${argv.join(' ')}' exited with ${code}: ${output}`);
    return;
  }
  if (hook.httpGet) return httpHook(hook.httpGet, target, timeoutMs);
  throw new Error(`hooks of type ${Object.keys(hook).join(', ')} are not supported`);
}

function httpHook(get: NonNullable<Hook['httpGet']>, target: HookTarget, timeoutMs: number): Promise<void> {
  const headers = Object.fromEntries((get.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  const where = {
    host: get.host ?? target.podIP,
    port: portNumber(target.container, get.port),
    path: get.path ?? '/',
    headers,
    agent: false,
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(timeoutMs),
  } as const;
  return new Promise((resolve, reject) => {
    const make = get.scheme === 'HTTPS' ? tlsRequest : request;
    make(where, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      if (statusCode >= 200 && statusCode < 400) resolve();
      else reject(new Error(`the hook's server answered ${statusCode}`));
    })
      .on('error', reject)
      .end();
  });
}
