/** The DNS server: follows its Corefile, one generation after the other. */
import { readFileSync } from 'node:fs';
import { Counter, Registry } from 'prom-client';
import type { ApiEndpoint } from '../../client/connection.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { parseCorefile } from '../corefile/parse.ts';
import { plugins } from '../plugins/index.ts';
import { type Generation, generation, type Host, readerOf } from './generation.ts';
import { listeners } from './listeners.ts';
import { sharedValues } from './shared.ts';

export interface ServeOptions {
  /** The Corefile's path. */
  corefile: string;
  /** Made when the first plugin asks for it. */
  client: (endpoint?: ApiEndpoint) => Client;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  log: Logger;
  random: () => number;
  /** Called when to go on would do harm. */
  end: () => void;
}

export interface DnsServer {
  /** Takes the Corefile from its file again. Resolves when it is taken over or refused. */
  reload(): Promise<void>;
  /** Answers for as long as plugins want it to while the process ends; resolves then. */
  lameduck(): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when all is open; rejects when the Corefile asks for what is not there, or for an address in use. */
export async function serveDns({ corefile, env, ...options }: ServeOptions): Promise<DnsServer> {
  const { log } = options;
  const registry = new Registry();
  const failures = new Counter({
    name: 'coredns_reload_failed_total',
    help: 'Corefiles that were refused while an older one was served.',
    registers: [registry],
  });
  const shared = sharedValues();
  const sockets = listeners();
  let current: Generation | undefined;
  let isEnding = false;
  /** What was tried last: one that was refused is refused once. */
  let tried = '';
  let turn = Promise.resolve();

  const host: Host = {
    ...options,
    corefile,
    env,
    registry,
    setUps: plugins,
    metrics: memo(registry),
    shared: (name, make) => shared.get(name, make),
    isEnding: () => isEnding,
    reload: () => void reload(),
  };

  async function take(text: string): Promise<void> {
    shared.begin();
    let next: Generation | undefined;
    try {
      next = generation(text, host);
      // At the start there is nobody else to answer.
      if (current) await Promise.all(next.plugins.map(async (plugin) => plugin.whenReady?.()));
      await sockets.become(next);
    } catch (err) {
      for (const plugin of next?.plugins ?? []) plugin.stop?.();
      shared.rollBack();
      throw err;
    }
    for (const plugin of current?.plugins ?? []) plugin.stop?.();
    shared.commit();
    current = next;
    for (const plugin of next.plugins) plugin.start?.();
  }

  const reload = (): Promise<void> => {
    turn = turn.then(async () => {
      if (isEnding) return;
      try {
        const text = readFileSync(corefile, 'utf8');
        const whole = withImports(text, corefile, env);
        if (whole === tried) return;
        tried = whole;
        await take(text);
        log.info({}, 'the changed Corefile is served now');
      } catch (err) {
        failures.inc();
        log.error({ err: messageOf(err) }, 'the changed Corefile is refused; the old one goes on');
      }
    });
    return turn;
  };

  const text = readFileSync(corefile, 'utf8');
  tried = withImports(text, corefile, env);
  await take(text);
  log.info({ servers: [...(current as unknown as Generation).dns.keys()] }, 'DNS is served');
  return {
    reload,
    async lameduck() {
      isEnding = true;
      await turn;
      await Promise.all((current?.plugins ?? []).map(async (plugin) => plugin.lameduck?.()));
    },
    async close() {
      isEnding = true;
      await turn;
      for (const plugin of current?.plugins ?? []) plugin.stop?.();
      await sockets.close();
      shared.close();
    },
  };
}

/** The Corefile as it reads with what it imports: it has changed when this has. */
function withImports(text: string, corefile: string, env: NodeJS.ProcessEnv): string {
  try {
    return JSON.stringify(parseCorefile(text, env, readerOf(corefile, [])));
  } catch {
    // Whatever is wrong is told when it is taken over.
    return text;
  }
}

/** Made at the first asking. */
function memo(registry: Registry): Host['metrics'] {
  const made = new Map<string, unknown>();
  return <T>(plugin: string, make: (registry: Registry) => T): T => {
    if (!made.has(plugin)) made.set(plugin, make(registry));
    return made.get(plugin) as T;
  };
}

const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
