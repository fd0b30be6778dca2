/** The host's ports that are listened on, as the Services come and go. */
import type { Service } from '../../api/types.ts';
import type { Informer } from '../../client/contract.ts';
import { logger } from '../../lib/log.ts';
import { desiredListeners, type Listener, type Listeners, nameOf } from './listeners.ts';

const log = logger('relay');

/** `now` tells what a connection is for, which may be another Service than when the port was opened. */
export type Listen = (listener: Listener, now: () => Listener) => Promise<{ close(): void }>;

interface Open {
  listener: Listener;
  /** Undefined when the port could not be had. */
  handle: Promise<{ close(): void } | undefined>;
}

/** Follows the Services. A port that cannot be had is tried again whenever one of them changes. */
export function followPorts(services: Informer<Service>, listen: Listen): void {
  const open = new Map<string, Open>();
  /** What the log has about ports that are not there, so that it has it once. */
  let said = new Set<string>();

  function update(): void {
    const { wanted, leftOut } = desiredListeners(services.list());
    for (const [name, { handle }] of open) {
      if (wanted.has(name)) continue;
      open.delete(name);
      void handle.then((opened) => opened?.close());
    }
    for (const [name, listener] of wanted) {
      const known = open.get(name);
      if (known) known.listener = listener;
      else begin(name, listener);
    }
    said = new Set([...leftOut.map(say), ...[...said].filter((text) => wanted.has(text))]);
  }

  function begin(name: string, listener: Listener): void {
    const entry: Open = { listener, handle: Promise.resolve(undefined) };
    open.set(name, entry);
    entry.handle = listen(listener, () => entry.listener).then(
      (opened) => {
        said.delete(name);
        return opened;
      },
      (err: unknown) => {
        const { service } = listener;
        if (!said.has(name))
          log.warn({ port: name, service, err: String(err) }, 'this port cannot be had on the host');
        said.add(name);
        if (open.get(name) === entry) open.delete(name);
        return undefined;
      },
    );
  }

  function say({ listener, for: first }: Listeners['leftOut'][number]): string {
    const text = `${listener.service} is not reached at ${nameOf(listener)} of the host: ${first} is`;
    if (!said.has(text)) log.warn(text);
    return text;
  }

  let isDue = false;
  services.onChange(() => {
    if (isDue) return;
    isDue = true;
    // Many Services come at once at the start.
    setImmediate(() => {
      isDue = false;
      update();
    });
  });
}
