/** The controller: what changes in the API is translated and loaded; one of several replicas writes it into statuses. */
import { isNotFound } from '../api/errors.ts';
import {
  endpointSlices,
  ingressClasses,
  ingresses,
  nodes,
  type Resource,
  secrets,
  services,
} from '../api/resource.ts';
import type { KubeObject } from '../api/types.ts';
import { type Client, keyOf } from '../client/contract.ts';
import { eventRecorder } from '../client/events.ts';
import { lead } from '../client/leader.ts';
import { sharedInformers } from '../client/shared.ts';
import type { Clock } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';
import { createAuthority, issueServerCertificate } from '../lib/pki/certificate.ts';
import { addressesOf, shows } from './addresses.ts';
import type { Place } from './configuration.ts';
import type { Problem, Site, World } from './contract.ts';
import { loader } from './loader.ts';
import type { Proxy } from './proxy.ts';
import { translate } from './translate.ts';

export interface IngressOptions {
  client: Client;
  proxy: Proxy;
  place: Place;
  /** `namespace/name` of the Service in front of the controller. */
  publishService: string;
  /** The pod's name. */
  identity: string;
  clock: Clock;
  signal: AbortSignal;
}

const log = logger('ingress');
/** Old workers live until their connections end: many changes at once are one new configuration. */
const restMs = 100;
const retryMs = 1_000;

/** Resolves when the first configuration is loaded; goes on until the signal. */
export async function serveIngress(options: IngressOptions): Promise<void> {
  const { client, proxy, place, clock, signal } = options;
  const informers = sharedInformers(client, { clock, signal });
  const of = {
    ingresses: informers.of(ingresses),
    classes: informers.of(ingressClasses),
    services: informers.of(services),
    slices: informers.of(endpointSlices),
    secrets: informers.of(secrets),
    nodes: informers.of(nodes),
  };
  const world: World = {
    get ingresses() {
      return of.ingresses.list();
    },
    class: (name) => of.classes.get(name),
    service: (key) => of.services.get(key),
    slices: (key) => of.slices.by('service', key),
    secret: (key) => of.secrets.get(key),
  };
  const load = loader(proxy, place, await ownPem(clock));
  const tell = teller(options);
  let site: Site | undefined;
  let leads = false;

  const published = latest(
    async () => {
      if (!leads || !site) return;
      tell(site.problems);
      const addresses = addressesOf(of.services.get(options.publishService), of.nodes.list());
      for (const ingress of site.ingresses) {
        const { name, namespace = '' } = ingress.metadata;
        const status = { loadBalancer: { ingress: addresses } };
        if (!shows(of.ingresses.get(keyOf(ingress)) ?? ingress, addresses))
          await client
            .patch(ingresses, { name, namespace }, { status }, { subresource: 'status' })
            .catch((err: unknown) => {
              if (!isNotFound(err)) throw err;
            });
      }
    },
    clock,
    signal,
  );

  const brought = latest(
    async () => {
      site = translate(world);
      const outcome = await load.bring(site);
      published.run();
      if (outcome === 'loaded') await clock.sleep(restMs, signal);
    },
    clock,
    signal,
  );

  await Promise.all(Object.values(of).map((informer) => informer.synced));
  of.ingresses.onChange(brought.run);
  of.classes.onChange(brought.run);
  of.nodes.onChange(published.run);
  const refers =
    <T extends KubeObject>({ kind }: Resource, nameOf: (object: T) => string | undefined) =>
    (now: T | undefined, before: T | undefined) => {
      const object = now ?? before;
      if (object && site?.refersTo.has(`${kind}/${nameOf(object)}`)) brought.run();
    };
  of.services.onChange(refers(services, keyOf));
  of.services.onChange((now) => now && keyOf(now) === options.publishService && published.run());
  of.secrets.onChange(refers(secrets, keyOf));
  of.slices.onChange(
    refers(
      services,
      ({ metadata }) => `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`,
    ),
  );
  brought.run();
  await brought.first;
  void lead({ client, name: 'ingress-nginx-leader', identity: options.identity, clock, signal }, (term) => {
    leads = true;
    term.addEventListener('abort', () => {
      leads = false;
    });
    published.run();
  });
}

/** Runs `work` whenever it is asked to, never twice at once, and again when it failed. */
function latest(work: () => Promise<void>, clock: Clock, signal: AbortSignal) {
  const first = Promise.withResolvers<void>();
  let wanted = false;
  let running = false;
  async function loop(): Promise<void> {
    running = true;
    // What came in the same turn is one change.
    await Promise.resolve();
    while (wanted && !signal.aborted) {
      wanted = false;
      try {
        await work();
        first.resolve();
      } catch (err) {
        log.error({ err: String(err) }, 'a change could not be carried out and is tried again');
        wanted = true;
        await clock.sleep(retryMs, signal);
      }
    }
    running = false;
  }
  return {
    first: first.promise,
    run: (): void => {
      wanted = true;
      if (!running) void loop();
    },
  };
}

/** Each problem is told once, and again when the Ingress changed and still has it. */
function teller({ client, identity, clock }: IngressOptions) {
  const events = eventRecorder(client, 'nginx-ingress-controller', identity, clock);
  let told = new Set<string>();
  return (problems: readonly Problem[]): void => {
    const now = new Set<string>();
    for (const { ingress, reason, message } of problems) {
      const { uid, generation } = ingress.metadata;
      const key = `${uid} ${generation} ${reason} ${message}`;
      if (!told.has(key) && !now.has(key)) events.event(ingresses, ingress, 'Warning', reason, message);
      now.add(key);
    }
    told = now;
  };
}

/** Named as ingress-nginx names it, which is how people recognize that a Secret is missing. */
async function ownPem(clock: Clock): Promise<string> {
  const nowMs = clock.now();
  const authority = await createAuthority({ commonName: 'Kubernetes Ingress Controller', nowMs });
  const { certificate, privateKey } = await issueServerCertificate(authority, {
    commonName: 'Kubernetes Ingress Controller Fake Certificate',
    organizations: ['Acme Co'],
    dnsNames: ['ingress.local'],
    nowMs,
  });
  return `${certificate}${privateKey}`;
}
