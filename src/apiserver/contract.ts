/**
 * One request as every verb sees it, and its answer. The edge (`server.ts`) reads sockets and encodes;
 * what is between is a function from {@link ApiRequest} to {@link Answer}, so that the control plane's own
 * controllers, and tests, call it without a socket.
 */
import type { Readable } from 'node:stream';
import type { KubeObject, Status, WatchEvent } from '../api/types.ts';

export interface User {
  name: string;
  uid?: string;
  groups: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ApiRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Without the query: `/api/v1/namespaces/default/pods`. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  user: User;
  /** The raw body; empty when there is none. */
  body: Uint8Array;
  /** The body already as an object: from the local transport, which skips the wire. */
  object?: unknown;
  signal: AbortSignal;
  /** Of the connection's other end; absent inside the process. */
  clientAddress?: string;
  /** What only matters to who passes the request on. */
  wire?: Wire;
}

/** A request as it comes over its connection. */
export interface Wire {
  /** The body, which nobody has read. */
  body: Readable;
  /** The query word for word, without the question mark. */
  search: string;
  clientAddress?: string;
}

export type Answer = ObjectAnswer | WatchAnswer | TextAnswer | PassedAnswer;

/** An object, list, table or Status. `json` is there when the text was made already. */
export interface ObjectAnswer {
  code: number;
  object: KubeObject | Status | object;
  json?: string;
  /** The same text in parts, for a list that would be too long for one. */
  jsonParts?: () => Iterable<string>;
  warnings?: readonly string[];
  /** For the event of the audit log. */
  auditAnnotations?: Readonly<Record<string, string>>;
}

export interface WatchAnswer {
  code: 200;
  /** Batches, as the changes come. Ends when the request's signal is aborted, or on its own. */
  events: AsyncIterable<readonly ServedEvent[]>;
}

/** An event is shared by all watches that send it, and so is its text: `json` is that of the object. */
export interface ServedEvent {
  /** `ERROR` comes last, with a `Status`. */
  readonly type: WatchEvent['type'] | 'ERROR';
  readonly object: object;
  readonly json?: string;
}

/** Anything that is not an API object: OpenAPI, metrics, healthz, logs. */
export interface TextAnswer {
  code: number;
  contentType: string;
  body: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Beside the content type: `etag`, `location`. */
  headers?: Readonly<Record<string, string>>;
}

/** Somebody else's answer, passed on as it comes. */
export interface PassedAnswer {
  code: number;
  /** Lower-case names; all that there are. */
  headers: Readonly<Record<string, string | string[]>>;
  passed: AsyncIterable<Uint8Array>;
}

/** The whole API server without its sockets. Never throws: failures are answers too. */
export type Handler = (request: ApiRequest) => Promise<Answer>;
