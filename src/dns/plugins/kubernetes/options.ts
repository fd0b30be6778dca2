/** The lines of `kubernetes` in a Corefile. https://coredns.io/plugins/kubernetes/ */
import { parseLabelSelector } from '../../../api/selectors.ts';
import { expectNoMore, unknownOption } from '../../corefile/arity.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { takeDuration, takeNumber } from '../../corefile/values.ts';
import { zonesOf } from '../../corefile/zones.ts';

export type PodMode = 'disabled' | 'insecure' | 'verified';

/** Another API server than the process's own. */
export interface Target {
  /** `https://…` */
  endpoint?: string;
  /** Files: certificate, key, authority. */
  tls?: readonly string[];
  kubeconfig?: string;
  context?: string;
}

export interface Options {
  /** Canonical. */
  zones: readonly string[];
  pods: PodMode;
  /** Seconds. */
  ttl: number;
  /** Zones whose names that do not exist are passed on. */
  fallthrough: readonly string[];
  target: Target;
  /** Only these; all when undefined. */
  namespaces?: readonly string[];
  labels?: string;
  namespaceLabels?: string;
  endpointPodNames: boolean;
  noEndpoints: boolean;
  ignoreEmptyService: boolean;
  /** Those of the zones that other clusters' Services live in, canonical. */
  multicluster: readonly string[];
  /** For how long an older Corefile is served while the cluster is read. */
  startupTimeoutMs: number;
}

const podModes: readonly PodMode[] = ['disabled', 'insecure', 'verified'];
const longestTtl = 3600;

export function optionsOf({ args, block, line }: Directive, serverZones: readonly string[]): Options {
  const options: Options = {
    zones: args.length > 0 ? args.flatMap(zonesOf) : serverZones,
    pods: 'disabled',
    ttl: 5,
    fallthrough: [],
    target: {},
    endpointPodNames: false,
    noEndpoints: false,
    ignoreEmptyService: false,
    multicluster: [],
    startupTimeoutMs: 5_000,
  };
  for (const option of block) {
    const set = Object.hasOwn(setters, option.name) ? setters[option.name] : undefined;
    if (!set) throw unknownOption('kubernetes', option);
    set(options, option);
  }
  const foreign = options.multicluster.find((zone) => !options.zones.includes(zone));
  if (foreign !== undefined)
    throw new CorefileError(line, `kubernetes: the zone ${foreign} of multicluster is not among its zones`);
  if (options.namespaces && options.namespaceLabels !== undefined)
    throw new CorefileError(line, 'kubernetes: namespaces and namespace_labels cannot both be set');
  return options;
}

const setters: Readonly<Record<string, (options: Options, option: Directive) => void>> = {
  pods(options, { args, line }) {
    const known = podModes.find((each) => args.length === 1 && each === args[0]);
    if (!known)
      throw new CorefileError(
        line,
        `kubernetes: pods is one of ${podModes.join(', ')}, not "${args.join(' ')}"`,
      );
    options.pods = known;
  },
  ttl(options, { args, line }) {
    const text = args.join(' ');
    if (!/^\d{1,4}$/.test(text) || Number(text) > longestTtl)
      throw new CorefileError(
        line,
        `kubernetes: ttl is a number of seconds from 0 to ${longestTtl}, not "${text}"`,
      );
    options.ttl = Number(text);
  },
  fallthrough(options, { args }) {
    options.fallthrough = args.length > 0 ? args.flatMap(zonesOf) : ['.'];
  },
  endpoint(options, { args, line }) {
    const [endpoint] = args;
    if (args.length !== 1 || !endpoint || !URL.canParse(endpoint))
      throw new CorefileError(line, 'kubernetes: endpoint is one URL such as https://192.0.2.1:6443');
    options.target = { ...options.target, endpoint };
  },
  tls(options, { args, line }) {
    if (args.length !== 3) throw new CorefileError(line, 'kubernetes: write `tls CERT KEY CACERT`');
    options.target = { ...options.target, tls: args };
  },
  kubeconfig(options, { args, line }) {
    const [kubeconfig, context] = args;
    if (kubeconfig === undefined || args.length > 2)
      throw new CorefileError(line, 'kubernetes: write `kubeconfig FILE [CONTEXT]`');
    options.target = { ...options.target, kubeconfig, ...(context && { context }) };
  },
  namespaces(options, { args, line }) {
    if (args.length === 0) throw new CorefileError(line, 'kubernetes: namespaces needs a name');
    options.namespaces = [...(options.namespaces ?? []), ...args];
  },
  labels(options, { args, line }) {
    options.labels = selectorOf('labels', args, line);
  },
  namespace_labels(options, { args, line }) {
    options.namespaceLabels = selectorOf('namespace_labels', args, line);
  },
  endpoint_pod_names(options, option) {
    expectNoMore(option, 0);
    options.endpointPodNames = true;
  },
  noendpoints(options, option) {
    expectNoMore(option, 0);
    options.noEndpoints = true;
  },
  ignore(options, { args, line }) {
    if (args.join(' ') !== 'empty_service')
      throw new CorefileError(line, 'kubernetes: write `ignore empty_service`');
    options.ignoreEmptyService = true;
  },
  multicluster(options, { args, line }) {
    if (args.length === 0) throw new CorefileError(line, 'kubernetes: multicluster needs a zone');
    options.multicluster = args.flatMap(zonesOf);
  },
  startup_timeout(options, { args, line }) {
    options.startupTimeoutMs = takeDuration('kubernetes: startup_timeout', args[0], line);
  },
  // There is a list and a watch of each kind, and never more.
  apiserver_qps: (_options, { args, line }) => void takeNumber('kubernetes: apiserver_qps', args[0], line),
  apiserver_burst: (_options, { args, line }) =>
    void takeNumber('kubernetes: apiserver_burst', args[0], line),
  apiserver_max_inflight: (_options, { args, line }) =>
    void takeNumber('kubernetes: apiserver_max_inflight', args[0], line),
};

function selectorOf(name: string, args: readonly string[], line: Directive['line']): string {
  if (args.length === 0)
    throw new CorefileError(line, `kubernetes: ${name} needs a selector such as app=web`);
  const text = args.join(' ');
  try {
    parseLabelSelector(text);
  } catch (err) {
    throw new CorefileError(line, `kubernetes: ${name}: ${err instanceof Error ? err.message : String(err)}`);
  }
  return text;
}
