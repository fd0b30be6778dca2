import type { Plugin, SetUp } from '../../contract.ts';
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';

const ways = ['until-ready', 'continuously'] as const;
type Way = (typeof ways)[number];

/** `GET :8181/ready` answers OK when every plugin that can tell is ready, else 503 and the names of those that are not. */
export const ready: SetUp = (directive, { serveHttp, plugins, isEnding }) => {
  expectNoMore({ ...directive, block: [] }, 1);
  const way = directive.block.map(wayOf).at(-1) ?? 'until-ready';
  const wereReady = new Set<Plugin>();
  const isWaiting = (plugin: Plugin): boolean => {
    if (wereReady.has(plugin)) return false;
    if (plugin.notReady?.() !== undefined) return true;
    if (way === 'until-ready') wereReady.add(plugin);
    return false;
  };
  serveHttp(directive.args[0] ?? ':8181', '/ready', () => {
    if (isEnding()) return { code: 503, body: 'Shutting down' };
    const waiting = plugins()
      .filter(isWaiting)
      .map((plugin) => plugin.name);
    return waiting.length === 0 ? { code: 200, body: 'OK' } : { code: 503, body: waiting.join(',') };
  });
  return { name: 'ready' };
};

function wayOf(option: Directive): Way {
  if (option.name !== 'monitor') throw unknownOption('ready', option);
  expectNoMore(option, 1);
  const [word = ''] = option.args;
  const known = ways.find((each) => each === word);
  if (known) return known;
  throw new CorefileError(option.line, `ready: monitor is one of ${ways.join(', ')}, not "${word}"`);
}
