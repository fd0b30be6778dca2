/**
 * A plugin answers a question or passes it to the next one, as in CoreDNS. Where an answer is known at once it
 * is given at once: no promise is made on the way of a cluster name.
 */
import type { Registry } from 'prom-client';
import type { Client } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Directive } from './corefile/parse.ts';
import type { Message, Question } from './wire/message.ts';

export interface Query {
  readonly message: Message;
  /** The only one: others are refused before. */
  readonly question: Question;
  /** Its name, canonical. */
  readonly name: string;
  readonly client: Asker;
  /** How many questions of our own led to this one; {@link SetUpContext.resolve} refuses too many. */
  readonly hops?: number;
}

export interface Asker {
  address: string;
  port: number;
  protocol: 'udp' | 'tcp';
}

export type Reply = Message | Promise<Message>;
export type Next = (query: Query) => Reply;

export interface Plugin {
  readonly name: string;
  /** Absent for a plugin that only serves something beside DNS. */
  handle?(query: Query, next: Next): Reply;
  /** Why the server is not ready, as far as this plugin knows; undefined when it is. */
  notReady?(): string | undefined;
  /** The server is up. */
  start?(): void;
  /** The plugin is let go: its server ends, or a new Corefile takes over. */
  stop?(): void;
}

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
  /** The cluster's API; refuses when none was configured. */
  readonly client: () => Client;
  /** Metrics of a plugin: made once in this process, so that no reload sets them back. */
  readonly metrics: <T>(plugin: string, make: (registry: Registry) => T) => T;
  /** The same value for every Corefile of this process: what is expensive to make outlives a reload. */
  readonly shared: <T>(name: string, make: (signal: AbortSignal) => T) => T;
  /** Serves GET of a path at `host:port` over plain HTTP. */
  readonly serveHttp: (address: string, path: string, answer: HttpAnswer) => void;
  /** Asks the whole server, as a client would. */
  readonly resolve: (query: Query) => Reply;
  /** All plugins of the server, for those that report on others. */
  readonly plugins: () => readonly Plugin[];
  /** Takes the Corefile from its file again. */
  readonly reload: () => void;
  /** Ends the process as failed: to go on would do harm. */
  readonly end: () => void;
  /** The Corefile's path. */
  readonly corefile: string;
}

export interface HttpReply {
  code: number;
  body: string;
  contentType?: string;
}
export type HttpAnswer = () => HttpReply | Promise<HttpReply>;

/** Makes a plugin from its lines; throws an `Error` that says what is wrong with them. */
export type SetUp = (directive: Directive, context: SetUpContext) => Plugin;
