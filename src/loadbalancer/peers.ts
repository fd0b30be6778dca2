/** The other nodes as their heartbeats tell of them, for as long as that is of interest. */
import { logger } from '../lib/log.ts';
import { decodeHeartbeat, encodeHeartbeat, type Heartbeat } from './heartbeat.ts';
import { beatMs, deadAfterMs, Liveness } from './liveness.ts';
import { hasKernel, openPeerSocket, type PeerSocket } from './peerSocket.ts';

const log = logger('loadbalancer');

export interface PeersOptions {
  /** The node's own, on the link to the LAN. */
  address: string;
  link: string;
  netns: string | undefined;
  /** Of a clock that never goes back. */
  nowMs: () => number;
  own: () => Heartbeat;
  /** Whose heartbeats count: the other nodes' addresses. Undefined while nobody knows: whoever is on the link. */
  known: () => ReadonlyMap<string, unknown> | undefined;
  /** Somebody says something new; `before` is absent when it was not alive. */
  onNews: (now: Heartbeat, before: Heartbeat | undefined) => void;
  onDeath: () => void;
}

interface Told extends Heartbeat {
  datagram: Buffer;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #liveness: Liveness;
  readonly #socket: PeerSocket;
  readonly #timer: NodeJS.Timeout;
  /** The last word of each that is alive. */
  readonly #told = new Map<string, Told>();

  /** Opens the socket and begins; throws when it cannot be had. */
  constructor(options: PeersOptions) {
    this.#options = options;
    this.#liveness = new Liveness(options.nowMs());
    this.#socket = openPeerSocket({ ...options, heard: (from, datagram) => this.#heard(from, datagram) });
    this.#timer = setInterval(() => this.#tick(), beatMs);
    this.beat();
  }

  /** What it said last; undefined when it is not alive. */
  heartbeatOf(address: string): Heartbeat | undefined {
    return this.#told.get(address);
  }

  /** Everybody was heard, or had the time to be. */
  get areKnown(): boolean {
    if (this.#liveness.awakeMs >= deadAfterMs) return true;
    const known = this.#options.known();
    return known !== undefined && [...known.keys()].every((peer) => this.#liveness.isAlive(peer));
  }

  /** Tells all others at once. */
  beat(): void {
    this.#sendTo((this.#options.known() ?? this.#told).keys());
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #tick(): void {
    const wereKnown = this.areKnown;
    this.#liveness.tick(this.#options.nowMs());
    this.beat();
    for (const peer of this.#liveness.doubted()) void this.#ask(peer);
    // What arrived while this process stood still is read before anybody is given up.
    setImmediate(() => {
      const dead = this.#liveness.bury();
      for (const peer of dead) {
        this.#told.delete(peer);
        log.info({ peer }, 'a node is not heard any more');
      }
      if (dead.length > 0 || wereKnown !== this.areKnown) this.#options.onDeath();
    });
  }

  /** An agent that starts again on a machine with too much to do is silent for long, and its node goes on serving. */
  async #ask(peer: string): Promise<void> {
    if (await hasKernel(this.#options.netns, peer)) this.#liveness.answered(peer);
  }

  #heard(from: string, datagram: Buffer): void {
    const known = this.#options.known();
    const before = this.#told.get(from);
    if (known ? !known.has(from) : !before && this.#told.size >= mostStrangers) return;
    if (before?.datagram.equals(datagram)) {
      this.#liveness.heard(from);
      return;
    }
    const heartbeat = decodeHeartbeat(datagram);
    if (!heartbeat) return;
    this.#told.set(from, { ...heartbeat, datagram });
    // Whoever begins to listen need not wait for the next beat.
    if (this.#liveness.heard(from)) this.#sendTo([from]);
    this.#options.onNews(heartbeat, before);
  }

  #sendTo(peers: Iterable<string>): void {
    this.#socket.send(encodeHeartbeat(this.#options.own()), peers);
  }
}

/** While nobody knows who is a node, so many are listened to. */
const mostStrangers = 1_000;
