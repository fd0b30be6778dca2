/** Sockets follow the Corefile: those that the new one wants too stay open, so that no question is lost. */
import type { Next } from '../contract.ts';
import { replyTo } from '../wire/message.ts';
import { rcode } from '../wire/types.ts';
import type { Generation } from './generation.ts';
import { listenHttp } from './http.ts';
import { keptAnswers } from './kept.ts';
import type { Listener } from './listener.ts';
import { listenTcp } from './tcp.ts';
import { listenUdp } from './udp.ts';

export interface Listeners {
  /** Opens what the next generation needs beside what is open; then it answers, and the rest is closed. Throws when something cannot be opened; then all is as before. */
  become(next: Generation): Promise<void>;
  close(): Promise<void>;
}

export function listeners(): Listeners {
  let open = new Map<string, Listener>();
  let current: Generation | undefined;
  /** Answers of the current generation, by server. */
  const kept = new Map<string, ReturnType<typeof keptAnswers>>();
  const ask =
    (server: string): Next =>
    (query) => {
      const next = current?.dns.get(server);
      return next ? next(query) : replyTo(query.message, rcode.SERVFAIL);
    };

  function opener(key: string, next: Generation): Promise<Listener> {
    const [kind = '', at = ''] = key.split(' ');
    if (kind === 'http') return listenHttp(at, (path) => current?.http.get(at)?.get(path));
    const port = Number(at.split(':')[1]);
    if (kind === 'tcp') return listenTcp(port, ask(at), { tls: next.tls.get(at) });
    const answers = keptAnswers();
    kept.set(at, answers);
    return listenUdp(port, ask(at), answers);
  }

  return {
    async become(next) {
      const wanted = new Set([
        ...[...next.dns.keys()].flatMap((server) => [
          ...(server.startsWith('dns:') ? [`udp ${server}`] : []),
          `tcp ${server}`,
        ]),
        ...[...next.http.keys()].map((address) => `http ${address}`),
      ]);
      const fresh = [...wanted].filter((key) => !open.has(key));
      const tries = await Promise.allSettled(fresh.map((key) => opener(key, next)));
      const opened = tries.flatMap((t, i) =>
        t.status === 'fulfilled' ? [[fresh[i] as string, t.value] as const] : [],
      );
      const failed = tries.find((t) => t.status === 'rejected');
      if (failed) {
        await Promise.all(opened.map(([, listener]) => listener.close()));
        throw failed.reason;
      }
      current = next;
      for (const answers of kept.values()) answers.clear();
      for (const [server, options] of next.tls) open.get(`tcp ${server}`)?.useTls?.(options);
      const gone = [...open].filter(([key]) => !wanted.has(key));
      open = new Map([...[...open].filter(([key]) => wanted.has(key)), ...opened]);
      await Promise.all(gone.map(([, listener]) => listener.close()));
    },
    async close() {
      await Promise.all([...open.values()].map((listener) => listener.close()));
      open = new Map();
    },
  };
}
