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

/** What the process gives to every generation. */
export type Host = Pick<
  SetUpContext,
  'clock' | 'log' | 'registry' | 'random' | 'client' | 'shared' | 'reload' | 'corefile'
> & {
  env: NodeJS.ProcessEnv;
  plugins: readonly (readonly [name: string, setUp: SetUp])[];
};

/** Questions that lead to questions end somewhere: aliases of aliases. */
const mostHops = 8;

/** Throws a {@link CorefileError} when the text asks for something that is not there. */
export function generation(text: string, host: Host): Generation {
  const plugins: Plugin[] = [];
  const http = new Map<string, Map<string, HttpAnswer>>();
  const zonesByPort = new Map<number, Map<string, Next>>();
  const dns = new Map<number, Next>();
  const blocks = parseCorefile(text, host.env);
  if (blocks.length === 0) throw new CorefileError(1, 'there is no server block');
  try {
    for (const block of blocks) {
      const keys = keysOf(block);
      const [{ port }] = keys;
      const made = setUpAll(block, host, {
        zones: keys.map((key) => key.zone),
        server: `dns://:${port}`,
        plugins: () => plugins,
        resolve: (query) =>
          (query.hops ?? 0) > mostHops
            ? replyTo(query.message, rcode.SERVFAIL)
            : (dns.get(port) as Next)(query),
        serveHttp(address, path, answer) {
          const paths = http.get(address) ?? new Map<string, HttpAnswer>();
          http.set(address, paths.set(path, answer));
        },
      });
      plugins.push(...made);
      const answer = chain(made);
      for (const key of keys) {
        const zones = zonesByPort.get(key.port) ?? new Map<string, Next>();
        if (zones.has(key.zone))
          throw new CorefileError(block.line, `${key.zone}:${key.port} has a server block already`);
        zonesByPort.set(key.port, zones.set(key.zone, answer));
      }
    }
  } catch (err) {
    for (const plugin of plugins) plugin.stop?.();
    throw err;
  }
  for (const [port, zones] of zonesByPort) dns.set(port, route(zones));
  return { dns, http, plugins };
}

function keysOf({ keys, line }: ServerBlock): [ServerKey, ...ServerKey[]] {
  const [first, ...rest] = keys.map((key) => withLine(line, '', () => serverKey(key, line)));
  if (!first) throw new CorefileError(line, 'the server block has no zone');
  return [first, ...rest];
}

type OfBlock = Pick<SetUpContext, 'zones' | 'server' | 'plugins' | 'resolve' | 'serveHttp'>;

/** In the order of the plugins, not of the lines. */
function setUpAll({ directives }: ServerBlock, host: Host, ofBlock: OfBlock): Plugin[] {
  const known = new Set(host.plugins.map(([name]) => name));
  const unknown = directives.find(({ name }) => !known.has(name));
  if (unknown) throw new CorefileError(unknown.line, `unknown plugin "${unknown.name}"`);
  const context: SetUpContext = { ...host, ...ofBlock };
  return host.plugins.flatMap(([name, setUp]) =>
    directives.filter((d) => d.name === name).map((d) => setUpOne(d, setUp, context)),
  );
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
