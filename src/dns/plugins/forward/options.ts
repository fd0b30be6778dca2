/** The lines of `forward` in a Corefile. */
import { isAddress } from '../../../lib/ip.ts';
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive, type Line } from '../../corefile/parse.ts';
import { takeDuration, takeNumber } from '../../corefile/values.ts';
import { zonesOf } from '../../corefile/zones.ts';
import { nameserversOf } from '../../resolvconf.ts';
import { canonical, isName } from '../../wire/name.ts';
import { rcode, rcodeOf } from '../../wire/types.ts';

export interface Target {
  address: string;
  port: number;
  /** Spoken to over TLS. */
  tls?: boolean;
  /** The name that its certificate must have, instead of the one for all. */
  serverName?: string;
}

export type Policy = 'random' | 'round_robin' | 'sequential';

export interface Options {
  /** Canonical zones. */
  from: readonly string[];
  to: readonly Target[];
  except: readonly string[];
  policy: Policy;
  /** So many failures one after the other and an upstream is down; never with 0. */
  maxFails: number;
  /** Questions under way at once; 0 is as many as come. */
  maxConcurrent: number;
  protocol: 'as asked' | 'prefer udp' | 'force tcp';
  /** How long a connection that nothing goes over is kept. */
  expireMs: number;
  /** The longest life of a connection; 0 is no bound. */
  maxAgeMs: number;
  /** Connections to one upstream that wait for a question; 0 is no bound. */
  maxIdle: number;
  /** Upstreams that are tried for one question; 0 is all of them. */
  maxAttempts: number;
  health: { everyMs: number; recursionDesired: boolean; domain: string };
  /** With no upstream that is up, fail at once. */
  failFast: boolean;
  /** Answers that another upstream, or the next plugin, may better. */
  failover: ReadonlySet<number>;
  next: ReadonlySet<number>;
  nextOnNoData: boolean;
  tls: { files: readonly string[]; serverName?: string };
}

const policies: readonly Policy[] = ['random', 'round_robin', 'sequential'];
const mostUpstreams = 15;

/** `readFile` reads a resolv.conf. */
export function optionsOf({ args, block, line }: Directive, readFile: (path: string) => string): Options {
  const [from, ...to] = args;
  if (from === undefined || to.length === 0)
    throw new CorefileError(line, 'forward: write `forward FROM TO...`');
  const options: Options = {
    from: zonesOf(from),
    to: to.flatMap((text) => targetsOf(text, line, readFile)),
    except: [],
    policy: 'random',
    maxFails: 2,
    maxConcurrent: 0,
    protocol: 'as asked',
    expireMs: 10_000,
    maxAgeMs: 0,
    maxIdle: 0,
    maxAttempts: 0,
    health: { everyMs: 500, recursionDesired: true, domain: '.' },
    failFast: false,
    failover: new Set(),
    next: new Set(),
    nextOnNoData: false,
    tls: { files: [] },
  };
  if (options.to.length > mostUpstreams)
    throw new CorefileError(line, `forward: ${options.to.length} upstreams are more than ${mostUpstreams}`);
  for (const each of block) apply(options, each);
  if (options.tls.serverName !== undefined && options.to.some(({ serverName }) => serverName !== undefined))
    throw new CorefileError(line, 'forward: tls_servername does not go with tls://ADDRESS%NAME');
  return options;
}

/** Options of one word or one value. */
const simple: Readonly<Record<string, (options: Options, value: string | undefined, line: Line) => void>> = {
  policy(options, value, line) {
    const known = policies.find((each) => each === value);
    if (!known)
      throw new CorefileError(line, `forward: policy is one of ${policies.join(', ')}, not "${value ?? ''}"`);
    options.policy = known;
  },
  max_fails(options, value, line) {
    options.maxFails = takeNumber('forward: max_fails', value, line);
  },
  max_concurrent(options, value, line) {
    options.maxConcurrent = takeNumber('forward: max_concurrent', value, line);
  },
  max_idle_conns(options, value, line) {
    options.maxIdle = takeNumber('forward: max_idle_conns', value, line);
  },
  max_connect_attempts(options, value, line) {
    options.maxAttempts = takeNumber('forward: max_connect_attempts', value, line);
  },
  expire(options, value, line) {
    options.expireMs = takeDuration('forward: expire', value, line);
  },
  max_age(options, value, line) {
    options.maxAgeMs = takeDuration('forward: max_age', value, line);
  },
  tls_servername(options, value, line) {
    if (value === undefined) throw new CorefileError(line, 'forward: tls_servername needs a name');
    options.tls = { ...options.tls, serverName: value };
  },
};

const flags: Readonly<Record<string, (options: Options) => void>> = {
  force_tcp(options) {
    options.protocol = 'force tcp';
  },
  prefer_udp(options) {
    if (options.protocol !== 'force tcp') options.protocol = 'prefer udp';
  },
  next_on_nodata(options) {
    options.nextOnNoData = true;
  },
  failfast_all_unhealthy_upstreams(options) {
    options.failFast = true;
  },
};

function apply(options: Options, option: Directive): void {
  const { name, args, line } = option;
  const setSimple = simple[name];
  const setFlag = flags[name];
  if (setSimple || setFlag) expectNoMore(option, setSimple ? 1 : 0);
  if (setSimple) setSimple(options, args[0], line);
  else if (setFlag) setFlag(options);
  else if (name === 'except') {
    if (args.length === 0) throw new CorefileError(line, 'forward: except needs a zone');
    options.except = [...options.except, ...args.flatMap(zonesOf)];
  } else if (name === 'failover' || name === 'next') options[name] = rcodesOf(option);
  else if (name === 'health_check') options.health = healthOf(option);
  else if (name === 'tls') {
    expectNoMore(option, 3);
    options.tls = { ...options.tls, files: args };
  } else throw unknownOption('forward', option);
}

function healthOf({ args, line }: Directive): Options['health'] {
  const [every, ...words] = args;
  const health = {
    everyMs: takeDuration('forward: health_check', every, line),
    recursionDesired: true,
    domain: '.',
  };
  if (health.everyMs === 0) throw new CorefileError(line, 'forward: health_check is more than 0s');
  while (words.length > 0) {
    const word = words.shift();
    if (word === 'no_rec') health.recursionDesired = false;
    else if (word === 'domain' && isName(words[0] ?? '')) health.domain = canonical(words.shift() ?? '.');
    else
      throw new CorefileError(
        line,
        `forward: health_check takes no_rec and domain NAME, not "${word ?? ''}"`,
      );
  }
  return health;
}

function rcodesOf({ name, args, line }: Directive): ReadonlySet<number> {
  const codes = args.map((arg) => {
    const code = rcodeOf(arg);
    if (code === undefined) throw new CorefileError(line, `forward: ${name} takes codes, not "${arg}"`);
    return code;
  });
  if (name === 'failover' && codes.includes(rcode.NOERROR))
    throw new CorefileError(line, 'forward: failover does not go with NOERROR');
  if (codes.length === 0) throw new CorefileError(line, `forward: ${name} takes codes such as SERVFAIL`);
  return new Set(codes);
}

/** An address, an address with its port, or a file with `nameserver` lines. */
function targetsOf(text: string, line: Line, readFile: (path: string) => string): Target[] {
  const scheme = /^(\w+):\/\//.exec(text)?.[1] ?? 'dns';
  if (scheme !== 'dns' && scheme !== 'tls')
    throw new CorefileError(line, `forward: ${scheme}:// is not supported`);
  const isTls = scheme === 'tls';
  const defaultPort = isTls ? 853 : 53;
  const to = text.replace(/^\w+:\/\//, '');
  const found = addressOf(to, defaultPort, isTls);
  if (found) return [{ ...found, ...(isTls && { tls: true }) }];
  if (!to.startsWith('/') || isTls)
    throw new CorefileError(line, `forward: "${text}" is neither an address nor a file`);
  return nameserversOf(readFile(to)).map((address) => ({ address, port: defaultPort }));
}

/** `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`; with TLS also `192.0.2.1%dns.example:853`. */
function addressOf(text: string, defaultPort: number, isTls: boolean): Omit<Target, 'tls'> | undefined {
  if (isAddress(text)) return { address: text, port: defaultPort };
  const named = isTls ? /^([^%]+)%([^%:]+)(?::(\d+))?$/.exec(text) : null;
  const plain = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const address = named?.[1] ?? plain?.[1] ?? plain?.[2] ?? '';
  const serverName = named?.[2];
  const port = Number((named ?? plain)?.[3] ?? defaultPort);
  if (!isAddress(address) || port < 1 || port > 65_535) return undefined;
  return { address, port, ...(serverName !== undefined && { serverName }) };
}
