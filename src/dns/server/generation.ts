/** What one Corefile asks for: its plugins, set up, and what answers at which port and address. Nothing is opened yet. */
import { chain } from '../chain.ts';
import type { HttpAnswer, Next, Plugin, SetUp, SetUpContext } from '../contract.ts';
import { CorefileError, type Directive, parseCorefile, type ServerBlock } from '../corefile/parse.ts';
import { type ServerKey, serverKey } from '../corefile/zones.ts';
import { replyTo } from '../wire/message.ts';
import { rcode } from '../wire/types.ts';
import { route } from './router.ts';

export interface Generation {
  /** By port, for UDP and TCP. */
  dns: ReadonlyMap<number, Next>;
  /** By address (`:8080`), then by path. */
  http: ReadonlyMap<string, ReadonlyMap<string, HttpAnswer>>;
  plugins: readonly Plugin[];
}

type OfBlock = Pick<SetUpContext, 'zones' | 'server' | 'plugins' | 'resolve' | 'serveHttp'>;

/** What the process gives to every generation. */
export type Host = Omit<SetUpContext, keyof OfBlock> & {
  env: NodeJS.ProcessEnv;
  /** In the order in which a question passes them. */
  setUps: readonly (readonly [name: string, setUp: SetUp])[];
};

interface Growing {
  plugins: Plugin[];
  http: Map<string, Map<string, HttpAnswer>>;
  /** By port, then by zone. */
  zones: Map<number, Map<string, Next>>;
  dns: Map<number, Next>;
}

/** Throws a {@link CorefileError} when the text asks for something that is not there. */
export function generation(text: string, host: Host): Generation {
  const blocks = parseCorefile(text, host.env);
  if (blocks.length === 0) throw new CorefileError(1, 'there is no server block');
  const growing: Growing = { plugins: [], http: new Map(), zones: new Map(), dns: new Map() };
  try {
    for (const block of blocks) addBlock(block, host, growing);
  } catch (err) {
    for (const plugin of growing.plugins) plugin.stop?.();
    throw err;
  }
  for (const [port, zones] of growing.zones) growing.dns.set(port, route(zones));
  return growing;
}

function addBlock(block: ServerBlock, host: Host, growing: Growing): void {
  const keys = keysOf(block);
  const [{ port }] = keys;
  const before = growing.plugins.length;
  setUpAll(block, host.setUps, growing.plugins, {
    ...host,
    zones: keys.map((key) => key.zone),
    server: `dns://:${port}`,
    plugins: () => growing.plugins,
    resolve: resolver(() => growing.dns.get(port)),
    serveHttp(address, path, answer) {
      const paths = growing.http.get(address) ?? new Map<string, HttpAnswer>();
      growing.http.set(address, paths.set(path, answer));
    },
  });
  const answer = chain(growing.plugins.slice(before));
  for (const key of keys) {
    const zones = growing.zones.get(key.port) ?? new Map<string, Next>();
    if (zones.has(key.zone))
      throw new CorefileError(block.line, `${key.zone}:${key.port} has a server block already`);
    growing.zones.set(key.port, zones.set(key.zone, answer));
  }
}

function keysOf({ keys, line }: ServerBlock): [ServerKey, ...ServerKey[]] {
  const [first, ...rest] = keys.map((key) => withLine(line, '', () => serverKey(key, line)));
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
  for (const [name, setUp] of setUps)
    for (const directive of directives)
      if (directive.name === name) into.push(setUpOne(directive, setUp, context));
}

const setUpOne = (directive: Directive, setUp: SetUp, context: SetUpContext): Plugin =>
  withLine(directive.line, `${directive.name}: `, () => setUp(directive, context));

/** Whatever is wrong is wrong at a line. */
function withLine<T>(line: number, prefix: string, make: () => T): T {
  try {
    return make();
  } catch (err) {
    if (err instanceof CorefileError) throw err;
    throw new CorefileError(line, `${prefix}${err instanceof Error ? err.message : String(err)}`);
  }
}
