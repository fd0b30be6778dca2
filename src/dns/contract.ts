/**
 * A plugin answers a question or passes it to the next one, as in CoreDNS. Where an answer is known at once it
 * is given at once: no promise is made on the way of a cluster name.
 */
import type { SecureContextOptions } from 'node:tls';
import type { Registry } from 'prom-client';
import type { ApiEndpoint } from '../client/connection.ts';
import type { Client } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Directive } from './corefile/parse.ts';
import type { Edns, Message, Question } from './wire/message.ts';

export interface Query {
  readonly message: Message;
  /** The only one: others are refused before. */
  readonly question: Question;
  /** Its name, canonical. */
  readonly name: string;
  readonly client: Asker;
  /** How many bytes it came in. */
  readonly size: number;
  /** How many questions of our own led to this one; {@link SetUpContext.resolve} refuses too many. */
  readonly hops?: number;
  /** Options of EDNS that upstreams are to see. */
  readonly upstreamOptions?: Edns['options'];
  /** A rule of `rewrite` fitted, and no further one is to be looked at. */
  readonly isRewritten?: boolean;
  /** A rule of `acl` allows it, and no further list is to be looked at. */
  readonly isAllowed?: boolean;
  /** Called with what goes out, whoever answered. Questions of our own have none. */
  readonly whenSent: ((reply: Message, bytes: number) => void)[];
}

export interface Asker {
  address: string;
  port: number;
  protocol: 'udp' | 'tcp';
}

export type Reply = Message | Promise<Message>;
export type Next = (query: Query) => Reply;

/** Called before a kept answer goes out again by UDP: its bytes without an OPT record, and the client's family. */
export type Again = (bytes: Uint8Array, family: 4 | 6) => void;

export interface Plugin {
  readonly name: string;
  /** Absent for a plugin that only serves something beside DNS. */
  handle?(query: Query, next: Next): Reply;
  /**
   * What is to be done when an answer that lasts ({@link Message.lasting}) is given again without asking; undefined
   * for nothing. A plugin without this wants to see every question: then nothing is given again.
   */
  again?(query: Query, reply: Message): Again | undefined;
  /** The domains in which a client looks for short names, each with a final dot; undefined where nobody knows. */
  searchPath?(client: Asker): readonly string[] | undefined;
  /** It answers in the class CHAOS. Where no plugin does, such questions are refused. */
  readonly knowsChaos?: true;
  /** Why the server is not ready, as far as this plugin knows; undefined when it is. */
  notReady?(): string | undefined;
  /** Resolves when it has what it needs, or has waited long enough: an older Corefile is served until then. */
  whenReady?(): Promise<void>;
  /** The server is up. */
  start?(): void;
  /** The process was asked to end; it ends when this has. */
  lameduck?(): Promise<void>;
  /** The plugin is let go: its server ends, or a new Corefile takes over. */
  stop?(): void;
}

/** How a server speaks TLS. */
export type TlsOptions = Pick<SecureContextOptions, 'cert' | 'key' | 'ca'> & {
  requestCert?: boolean;
  /** Clients without a certificate of the authority are not heard. */
  rejectUnauthorized?: boolean;
  /** Beside that: a client must show a certificate, whoever's; or one that it shows must be the authority's. */
  clientMust?: 'show one' | 'show a true one or none';
};

/** What a plugin finds when it is made. */
export interface SetUpContext {
  /** Zones of its server block, canonical. */
  readonly zones: readonly string[];
  /** `dns://:53`, as metrics and logs name the server. */
  readonly server: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** What `/metrics` shows. */
  readonly registry: Registry;
  readonly random: () => number;
  /** The cluster's API, or another one's; refuses when none was configured. */
  readonly client: (endpoint?: ApiEndpoint) => Client;
  /** Metrics of a plugin: made once in this process, so that no reload sets them back. */
  readonly metrics: <T>(plugin: string, make: (registry: Registry) => T) => T;
  /** The same value for every Corefile of this process: what is expensive to make outlives a reload. */
  readonly shared: <T>(name: string, make: (signal: AbortSignal) => T) => T;
  /** Serves GET of a path at `host:port` over plain HTTP. */
  readonly serveHttp: (address: string, path: string, answer: HttpAnswer) => void;
  /** With what the server of this block speaks TLS. */
  readonly serveTls: (options: TlsOptions) => void;
  /** Asks the whole server, as a client would. */
  readonly resolve: (query: Query) => Reply;
  /** All plugins of the server, for those that report on others. */
  readonly plugins: () => readonly Plugin[];
  /** Those of this server block, in their order. */
  readonly neighbours: () => readonly Plugin[];
  /** Takes the Corefile from its file again. */
  readonly reload: () => void;
  /** Ends the process as failed: to go on would do harm. */
  readonly end: () => void;
  /** The process was asked to end. */
  readonly isEnding: () => boolean;
  /** The Corefile's path. */
  readonly corefile: string;
  /** The path of a file that is named in the Corefile: relative ones are beside it. */
  readonly pathOf: (file: string) => string;
  /** The Corefile and all that it imports. */
  readonly sources: () => readonly string[];
}

export interface HttpReply {
  code: number;
  body: string;
  contentType?: string;
}
export type HttpAnswer = () => HttpReply | Promise<HttpReply>;

/** Makes a plugin from its lines; throws an `Error` that says what is wrong with them. */
export type SetUp = (directive: Directive, context: SetUpContext) => Plugin;
