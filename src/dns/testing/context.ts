/** What a plugin is set up with, and how it is asked, without a server around it. */
import { Registry } from 'prom-client';
import { FakeClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { HttpAnswer, Next, Query, SetUp, SetUpContext, TlsOptions } from '../contract.ts';
import { parseCorefile } from '../corefile/parse.ts';
import { encodeMessage } from '../wire/encode.ts';
import { type Message, questionMessage, replyTo } from '../wire/message.ts';
import { canonical } from '../wire/name.ts';
import { rcode, recordType } from '../wire/types.ts';

/** What a plugin does of itself, answered by what stands behind it. */
export const handleOf = (plugin: ReturnType<SetUp>): NonNullable<ReturnType<SetUp>['handle']> => {
  if (!plugin.handle) throw new Error(`Cannot ask ${plugin.name}: it answers nothing`);
  return plugin.handle.bind(plugin);
};

/** As the server does it: asks the plugin, and says what goes out. */
export async function served(plugin: ReturnType<SetUp>, asked: Query, next: Next): Promise<Message> {
  const reply = await handleOf(plugin)(asked, next);
  if (!reply.notes?.silent) for (const sent of asked.whenSent) sent(reply, encodeMessage(reply).length);
  return reply;
}

/** `a.example. AAAA`, as a client asks it; without a type it is A. */
export function query(text: string, client: Partial<Query['client']> = {}): Query {
  const [name = '.', type = 'A'] = text.split(' ');
  const code = (recordType as Record<string, number>)[type] ?? Number(type.replace('TYPE', ''));
  const message = questionMessage(7, name, code);
  const [question] = message.questions as [Query['question']];
  return {
    message,
    question,
    name: canonical(name),
    client: { address: '10.244.0.9', port: 40_000, protocol: 'udp', ...client },
    size: 40,
    whenSent: [],
  };
}

/** Keeps lines instead of writing them. */
export function fakeLog(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (first: unknown, message?: string) =>
    void lines.push(`${level} ${message ?? ''} ${JSON.stringify(first)}`);
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  } as unknown as Logger & { lines: string[] };
}

export interface FakeContext extends SetUpContext {
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof fakeLog>;
  /** By address and path: `:8080/health`. */
  readonly http: Map<string, HttpAnswer>;
  /** What it told the process to do: `reload`, `end`. */
  readonly told: string[];
  readonly tls: TlsOptions;
}

export function fakeContext(change: Partial<SetUpContext> = {}): FakeContext {
  const registry = new Registry();
  const http = new Map<string, HttpAnswer>();
  const told: string[] = [];
  const tls: TlsOptions = {};
  return {
    zones: ['.'],
    server: 'dns://:53',
    registry,
    random: () => 0,
    client: () => {
      throw new Error('there is no cluster');
    },
    metrics: (_plugin, make) => make(registry),
    shared: (_name, make) => make(new AbortController().signal),
    serveHttp: (address, path, answer) => void http.set(address + path, answer),
    resolve: ({ message }) => replyTo(message, rcode.REFUSED),
    serveTls: (options) => void Object.assign(tls, options),
    plugins: () => [],
    neighbours: () => [],
    isEnding: () => false,
    pathOf: (file) => file,
    sources: () => ['/etc/coredns/Corefile'],
    reload: () => void told.push('reload'),
    end: () => void told.push('end'),
    corefile: '/etc/coredns/Corefile',
    ...change,
    clock: new FakeClock(),
    log: fakeLog(),
    http,
    told,
    tls,
  };
}

/** Sets a plugin up from its lines in a Corefile. */
export function setUpFrom(setUp: SetUp, lines: string, context: SetUpContext): ReturnType<SetUp> {
  const [directive] = parseCorefile(`. {\n${lines}\n}`)[0]?.directives ?? [];
  if (!directive) throw new Error(`Cannot set up from ${lines}: there is no directive`);
  return setUp(directive, context);
}

/** Where a question goes that the plugin passes on. */
export const refused: Next = ({ message }) => replyTo(message, rcode.REFUSED);
