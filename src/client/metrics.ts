/** What a client counts of its requests, under client-go's names. https://kubernetes.io/docs/reference/instrumentation/metrics/ */
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Family } from '../lib/metrics/exposition.ts';
import { Histograms, Values } from '../lib/metrics/metric.ts';
import type { Connection } from './connection.ts';

const durationBounds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

export class ClientMetrics {
  readonly #clock: Clock;
  readonly #requests = new Values(
    'counter',
    'rest_client_requests_total',
    'Number of HTTP requests, partitioned by status code, method, and host.',
  );
  readonly #durations = new Histograms(
    'rest_client_request_duration_seconds',
    'Request latency in seconds. Broken down by verb, and host.',
    durationBounds,
  );

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Requests that go on here are counted. How long a watch is held open is no latency. */
  counting({ request }: Requests, server: string): Requests {
    // As it was given, with the port that a URL leaves out.
    const host = server.replace(/^\w+:\/\//, '').replace(/\/.*/, '');
    return {
      request: async (method, path, options) => {
        const startedMs = this.#clock.now();
        let code = '<error>';
        try {
          const reply = await request(method, path, options);
          code = String(reply.code);
          return reply;
        } finally {
          this.#requests.add(1, { code, host, method });
          if (!/[?&]watch=true/.test(path))
            this.#durations.observe((this.#clock.now() - startedMs) / 1_000, { host, verb: method });
        }
      },
    };
  }

  families(): Family[] {
    return [this.#requests.family(), this.#durations.family()];
  }
}

/** What sends requests. */
export type Requests = Pick<Connection, 'request'>;
