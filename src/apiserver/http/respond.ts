/** Writes an answer to a socket, no faster than the client reads. */
import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import { setImmediate } from 'node:timers/promises';
import type { Answer, ObjectAnswer, TextAnswer, WatchAnswer } from '../contract.ts';
import { contentTypes, encode, type Format } from './encode.ts';
import { frameOf } from './frames.ts';

export type Outgoing = ServerResponse | Http2ServerResponse;

export interface RespondOptions {
  format: Format;
  /** HEAD: only the headers. */
  headOnly: boolean;
  /** A client that takes nothing for so long is dropped. */
  stallMs: number;
}

/** Resolves when the answer is written; rejects when the client went away or does not read. */
export function respond(response: Outgoing, answer: Answer, options: RespondOptions): Promise<void> {
  if ('events' in answer) return respondWatch(response, answer, options);
  return 'object' in answer
    ? respondObject(response, answer, options)
    : respondText(response, answer, options);
}

type Headers = Record<string, string | number | string[]>;

const common = { 'cache-control': 'no-cache, private' };

async function respondObject(
  response: Outgoing,
  answer: ObjectAnswer,
  options: RespondOptions,
): Promise<void> {
  const { code, object, json, jsonParts, warnings = [] } = answer;
  const headers: Headers = { ...common, 'content-type': contentTypes[options.format] };
  if (warnings.length > 0) headers['warning'] = warnings.map(warningOf);
  if (jsonParts && options.format === 'json') {
    start(response, code, headers);
    return writeAll(response, options, textParts(jsonParts()));
  }
  const body = await encode(object, options.format, json);
  start(response, code, { ...headers, 'content-length': body.length });
  end(response, options.headOnly ? undefined : body);
}

/** RFC 7234, section 5.5: `299 - "text"`. */
const warningOf = (text: string) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')}"`;

function* textParts(parts: Iterable<string>): Generator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

async function respondText(response: Outgoing, answer: TextAnswer, options: RespondOptions): Promise<void> {
  const { code, contentType, body, headers: more = {} } = answer;
  const headers: Headers = { ...common, 'content-type': contentType, ...more };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = Buffer.from(body as Uint8Array);
    start(response, code, { ...headers, 'content-length': bytes.length });
    end(response, options.headOnly ? undefined : bytes);
    return;
  }
  start(response, code, headers);
  flushHeaders(response);
  await writeAll(response, options, body);
}

async function respondWatch(
  response: Outgoing,
  { code, events }: WatchAnswer,
  options: RespondOptions,
): Promise<void> {
  const type = contentTypes[options.format === 'yaml' ? 'json' : options.format];
  start(response, code, {
    ...common,
    'content-type': options.format === 'protobuf' ? `${type};stream=watch` : type,
  });
  flushHeaders(response);
  await writeAll(response, options, frames(events, options.format));
}

async function* frames(events: WatchAnswer['events'], format: Format): AsyncGenerator<Buffer> {
  for await (const batch of events) yield Buffer.concat(batch.map((event) => frameOf(event, format)));
}

async function writeAll(
  response: Outgoing,
  { headOnly, stallMs }: RespondOptions,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (!headOnly)
    for await (const part of parts) {
      if (response.destroyed) return;
      if (write(response, part)) await setImmediate();
      else await drained(response, stallMs);
    }
  end(response);
}

async function drained(response: Outgoing, stallMs: number): Promise<void> {
  const stalled = AbortSignal.timeout(stallMs);
  try {
    await Promise.race([
      once(response, 'drain', { signal: stalled }),
      once(response, 'close', { signal: stalled }),
    ]);
  } catch (cause) {
    drop(response);
    throw new Error(`Cannot write the answer: the client has read nothing for ${stallMs} ms`, { cause });
  }
}

/** Ends an answer in the middle, so that the client sees that it did not come to its end. */
export function drop(response: Outgoing): void {
  if ('stream' in response) response.stream.close(constants.NGHTTP2_CANCEL);
  else response.destroy();
}

// The two kinds of response have the same methods, but TypeScript sees no common signature.
function start(response: Outgoing, code: number, headers: Headers): void {
  (response as ServerResponse).writeHead(code, headers);
}
/** HTTP/2 has sent them by then. */
function flushHeaders(response: Outgoing): void {
  if (response instanceof ServerResponse) response.flushHeaders();
}
const write = (response: Outgoing, part: Uint8Array): boolean => (response as ServerResponse).write(part);
function end(response: Outgoing, body?: Uint8Array): void {
  if (body === undefined) response.end();
  else response.end(body);
}
