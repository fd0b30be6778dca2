/** A server for each Service that asks for a health check: load balancers learn there which nodes have endpoints. */
import type { Clock } from '../../lib/clock.ts';
import { keepListening, type Listen, listen, type Question, type Reply } from './http.ts';
import type { ServiceCheck } from './local.ts';

export interface ServiceChecksOptions {
  isProxyHealthy: () => boolean;
  /** Told once for each time that a port was taken. `key` is the Service's. */
  onTaken: (key: string, port: number, err: Error) => void;
  clock: Clock;
  signal: AbortSignal;
  listen?: Listen;
}

interface Served {
  check: ServiceCheck;
  closing: AbortController;
}

export class ServiceChecks {
  readonly #options: ServiceChecksOptions;
  readonly #served = new Map<string, Served>();

  constructor(options: ServiceChecksOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#served.forEach(({ closing }) => closing.abort()), {
      once: true,
    });
  }

  /** What a Service asks for now, by its `namespace/name`; nothing for one without a check. */
  update(key: string, check: ServiceCheck | undefined): void {
    const served = this.#served.get(key);
    if (served && served.check.port === check?.port) {
      served.check = check;
      return;
    }
    served?.closing.abort();
    this.#served.delete(key);
    if (check && !this.#options.signal.aborted) this.#serve(key, check);
  }

  #serve(key: string, check: ServiceCheck): void {
    const served: Served = { check, closing: new AbortController() };
    this.#served.set(key, served);
    const { clock, isProxyHealthy, onTaken, listen: open = listen } = this.#options;
    let isTold = false;
    void keepListening(
      () => open({ port: check.port }, (question) => answer(key, served.check, question, isProxyHealthy())),
      {
        ...{ clock, signal: served.closing.signal },
        onFailure(err) {
          if (!isTold) onTaken(key, check.port, err);
          isTold = true;
        },
      },
    );
  }
}

/** In kube-proxy's words, which load balancers of clouds read. */
export function answer(
  key: string,
  { endpoints }: ServiceCheck,
  { localAddress }: Pick<Question, 'localAddress'>,
  isProxyHealthy: boolean,
): Reply {
  const [namespace, name] = key.split('/');
  // A family that the Service does not have tells of the other.
  const isIPv4 = !localAddress.includes(':') || localAddress.startsWith('::ffff:');
  const count = (isIPv4 ? (endpoints[4] ?? endpoints[6]) : (endpoints[6] ?? endpoints[4])) ?? 0;
  const body = { service: { namespace, name }, localEndpoints: count, serviceProxyHealthy: isProxyHealthy };
  return {
    code: count > 0 && isProxyHealthy ? 200 : 503,
    headers: {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': String(count),
    },
    body: JSON.stringify(body, null, '\t'),
  };
}
