/** What one Corefile asks for: its plugins, set up, and what answers at which port and address. Nothing is opened yet. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import { chain } from '../chain.ts';
import type { HttpAnswer, Next, Plugin, SetUp, SetUpContext, TlsOptions } from '../contract.ts';
import {
  CorefileError,
  type Directive,
  type Line,
  parseCorefile,
  type ReadFiles,
  type ServerBlock,
} from '../corefile/parse.ts';
import { type ServerKey, serverKeys } from '../corefile/zones.ts';
import { replyTo } from '../wire/message.ts';
import { rcode } from '../wire/types.ts';
import { route } from './router.ts';

export interface Generation {
  /** By `dns:53`, for UDP and TCP, or `tls:853`. */
  dns: ReadonlyMap<string, Next>;
  /** By address (`:8080`), then by path. */
  http: ReadonlyMap<string, ReadonlyMap<string, HttpAnswer>>;
  /** What each `tls:853` shows and asks for. */
  tls: ReadonlyMap<string, TlsOptions>;
  plugins: readonly Plugin[];
}

type OfBlock = Pick<
  SetUpContext,
  'zones' | 'server' | 'plugins' | 'neighbours' | 'resolve' | 'serveHttp' | 'serveTls' | 'pathOf' | 'sources'
>;

/** What the process gives to every generation. */
export type Host = Omit<SetUpContext, keyof OfBlock> & {
  env: NodeJS.ProcessEnv;
  /** In the order in which a question passes them. */
  setUps: readonly (readonly [name: string, setUp: SetUp])[];
};

interface Growing {
  plugins: Plugin[];
  http: Map<string, Map<string, HttpAnswer>>;
  tls: Map<string, TlsOptions>;
  /** By server, then by zone. */
  zones: Map<string, Map<string, Next>>;
  dns: Map<string, Next>;
  sources: string[];
}

/** Throws a {@link CorefileError} when the text asks for something that is not there. */
export function generation(text: string, host: Host): Generation {
  const sources = [host.corefile];
  const blocks = parseCorefile(text, host.env, readerOf(host.corefile, sources));
  if (blocks.length === 0) throw new CorefileError(1, 'there is no server block');
  const growing: Growing = {
    plugins: [],
    http: new Map(),
    tls: new Map(),
    zones: new Map(),
    dns: new Map(),
    sources,
  };
  try {
    for (const block of blocks) addBlock(block, host, growing);
  } catch (err) {
    for (const plugin of growing.plugins) plugin.stop?.();
    throw err;
  }
  for (const [server, zones] of growing.zones) growing.dns.set(server, route(zones));
  return growing;
}

/** Files beside the Corefile; those of a pattern in the order of their names. Notes what it reads. */
export function readerOf(corefile: string, sources: string[]): ReadFiles {
  return (pattern) => {
    const cwd = dirname(corefile);
    const files = /[*?[]/.test(pattern) ? globSync(pattern, { cwd }).toSorted() : [pattern];
    return files.map((name) => {
      const file = resolvePath(cwd, name);
      sources.push(file);
      return { file, text: readFileSync(file, 'utf8') };
    });
  };
}

function addBlock(block: ServerBlock, host: Host, growing: Growing): void {
  const keys = keysOf(block);
  const servers = new Set(keys.map(serverOf));
  const [{ scheme, port }] = keys;
  const before = growing.plugins.length;
  const ofBlock = () => growing.plugins.slice(before);
  setUpAll(block, host.setUps, growing.plugins, {
    ...host,
    zones: keys.map((key) => key.zone),
    server: `${scheme}://:${port}`,
    plugins: () => growing.plugins,
    neighbours: ofBlock,
    resolve: resolver(() => growing.dns.get(`${scheme}:${port}`)),
    serveHttp(address, path, answer) {
      if (!isAddressToServeAt(address))
        throw new Error(`"${address}" is no address such as :8080 or 127.0.0.1:8080`);
      const paths = growing.http.get(address) ?? new Map<string, HttpAnswer>();
      growing.http.set(address, paths.set(path, answer));
    },
    serveTls(options) {
      for (const server of servers) if (server.startsWith('tls:')) growing.tls.set(server, options);
    },
    pathOf: (file) => resolvePath(dirname(host.corefile), file),
    sources: () => growing.sources,
  });
  for (const server of servers)
    if (server.startsWith('tls:') && !growing.tls.has(server))
      throw new CorefileError(block.line, `tls://:${port} needs the plugin tls with a certificate`);
  const answer = chain(ofBlock());
  for (const key of keys) addZone(key, answer, block.line, growing);
}

const isAddressToServeAt = (text: string): boolean => {
  const port = /^(?:[^:\s]*|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(text)?.[1];
  return port !== undefined && Number(port) <= 65_535;
};

const serverOf = ({ scheme, port }: ServerKey): string => `${scheme}:${port}`;

function addZone(key: ServerKey, answer: Next, line: Line, growing: Growing): void {
  const server = serverOf(key);
  const zones = growing.zones.get(server) ?? new Map<string, Next>();
  if (zones.has(key.zone))
    throw new CorefileError(line, `${key.zone}:${key.port} has a server block already`);
  growing.zones.set(server, zones.set(key.zone, answer));
}

function keysOf({ keys, line }: ServerBlock): [ServerKey, ...ServerKey[]] {
  const [first, ...rest] = keys.flatMap((key) => withLine(line, '', () => serverKeys(key, line)));
  if (!first) throw new CorefileError(line, 'the server block has no zone');
  return [first, ...rest];
}

/** Questions that lead to questions end somewhere: aliases of aliases. */
const mostHops = 8;

function resolver(find: () => Next | undefined): Next {
  return (query) => {
    const next = (query.hops ?? 0) <= mostHops ? find() : undefined;
    return next ? next(query) : replyTo(query.message, rcode.SERVFAIL);
  };
}

/** What each line of these says stands beside the others; of every other plugin there is one in a server block. */
const severalTimes: ReadonlySet<string> = new Set(['acl', 'forward', 'log', 'rewrite', 'template']);

/** In the order of the plugins, not of the lines. */
function setUpAll(
  { directives }: ServerBlock,
  setUps: Host['setUps'],
  into: Plugin[],
  context: SetUpContext,
): void {
  const known = new Set(setUps.map(([name]) => name));
  const unknown = directives.find(({ name }) => !known.has(name));
  if (unknown) throw new CorefileError(unknown.line, `unknown plugin "${unknown.name}"`);
  const again = directives.find(
    ({ name }, i) => !severalTimes.has(name) && directives.findIndex((each) => each.name === name) < i,
  );
  if (again) throw new CorefileError(again.line, `${again.name}: it can be used only once in a server block`);
  for (const [name, setUp] of setUps)
    for (const directive of directives)
      if (directive.name === name) into.push(setUpOne(directive, setUp, context));
}

const setUpOne = (directive: Directive, setUp: SetUp, context: SetUpContext): Plugin =>
  withLine(directive.line, `${directive.name}: `, () => setUp(directive, context));

/** Whatever is wrong is wrong at a line. */
function withLine<T>(line: Line, prefix: string, make: () => T): T {
  try {
    return make();
  } catch (err) {
    if (err instanceof CorefileError) throw err;
    throw new CorefileError(line, `${prefix}${err instanceof Error ? err.message : String(err)}`);
  }
}
