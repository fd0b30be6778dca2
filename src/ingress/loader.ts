/** Brings the proxy from what it does to what it should do, by the smallest step. */
import { type Files, filesOf, ownCertificate, type Place } from './configuration.ts';
import type { Site } from './contract.ts';
import type { Proxy } from './proxy.ts';
import { commands, place as placed, type Slots } from './slots.ts';

export interface Loader {
  /** How the site was loaded: by a new configuration, by words about servers, or not at all, since nothing changed. */
  bring(site: Site): Promise<'loaded' | 'told' | 'same'>;
}

/** `ownPem` is shown to hosts that have no certificate. */
export function loader(proxy: Proxy, place: Place, ownPem: string): Loader {
  let slots = new Map<string, Slots>();
  let shape: string | undefined;
  let revision = 0;

  async function load(site: Site, next: Map<string, Slots>): Promise<void> {
    revision++;
    const name = `revision-${revision}`;
    await proxy.load(filesOf(site, next, place, name).set(ownCertificate, ownPem), name);
  }

  return {
    async bring(site) {
      const next = new Map(
        site.backends.map(({ name, endpoints }) => [name, placed(slots.get(name) ?? [], endpoints)]),
      );
      const wanted = shapeOf(site, next, place);
      const words = [...next].flatMap(([name, now]) => commands(name, slots.get(name) ?? [], now));
      const told = wanted === shape && (words.length === 0 || (await tell(proxy, words)));
      // Whatever happens from here on, what is loaded is known only when it has been.
      shape = undefined;
      if (!told) await load(site, next);
      [slots, shape] = [next, wanted];
      return !told ? 'loaded' : words.length > 0 ? 'told' : 'same';
    },
  };
}

/** A proxy that does not take a word gets everything anew. */
const tell = (proxy: Proxy, words: readonly string[]): Promise<boolean> =>
  proxy.tell(words).then(
    () => true,
    () => false,
  );

/** Everything but the endpoints. */
function shapeOf(site: Site, slots: ReadonlyMap<string, Slots>, place: Place): string {
  const empty = new Map([...slots].map(([name, all]) => [name, all.map(() => undefined)]));
  const files: Files = filesOf(site, empty, place, '');
  return JSON.stringify([...files]);
}
