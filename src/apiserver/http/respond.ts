/** Writes an answer to a socket, no faster than the client reads. */
import { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { Answer, ObjectAnswer, PassedAnswer, TextAnswer, WatchAnswer } from '../contract.ts';
import { compressedFromBytes, gzipped } from './compress.ts';
import { type Body, contentTypes, encode, type Format } from './encode.ts';
import { frameOf } from './frames.ts';
import { turn } from './turns.ts';

export type Outgoing = ServerResponse | Http2ServerResponse;

export interface RespondOptions {
  format: Format;
  /** The client takes answers as gzip. */
  gzip?: boolean;
  /** JSON of objects is indented. */
  pretty?: boolean;
  /** HEAD: only the headers. */
  headOnly: boolean;
  /** A client that takes nothing for so long is dropped. */
  stallMs: number;
}

/** Resolves when the answer is written; rejects when the client went away or does not read. */
export function respond(response: Outgoing, answer: Answer, options: RespondOptions): Promise<void> {
  if ('events' in answer) return respondWatch(response, answer, options);
  if ('passed' in answer) return respondPassed(response, answer, options);
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
  const { code, warnings = [] } = answer;
  const headers: Headers = { ...common, 'content-type': contentTypes[options.format] };
  if (warnings.length > 0) headers['warning'] = warnings.map(warningOf);
  await send(response, code, headers, await encode(answer, options.format, options.pretty), options);
}

/** RFC 7234, section 5.5: `299 - "text"`. */
const warningOf = (text: string) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')}"`;

async function respondText(response: Outgoing, answer: TextAnswer, options: RespondOptions): Promise<void> {
  const { code, contentType, body, headers: more = {} } = answer;
  const headers: Headers = { ...common, 'content-type': contentType, ...more };
  if (typeof body === 'string' || body instanceof Uint8Array)
    return send(response, code, headers, typeof body === 'string' ? Buffer.from(body) : body, options);
  // A log, or another stream: it is told as it comes.
  start(response, code, headers);
  flushHeaders(response);
  await writeAll(response, options, body);
}

/** What is known to be short goes as it is; all else in parts, and as gzip to who takes it. */
async function send(
  response: Outgoing,
  code: number,
  headers: Headers,
  body: Body,
  options: RespondOptions,
): Promise<void> {
  const gzip = options.gzip === true && !options.headOnly;
  const { whole, parts } =
    body instanceof Uint8Array ? { whole: body, parts: slices(body) } : await begun(body);
  if (whole && !(gzip && whole.length > compressedFromBytes)) {
    start(response, code, { ...headers, 'content-length': whole.length });
    if (options.headOnly || whole.length <= partBytes)
      return end(response, options.headOnly ? undefined : whole);
    return writeAll(response, options, parts);
  }
  start(response, code, { ...headers, ...(gzip && compressedHeaders(headers)) });
  await writeAll(response, options, gzip ? gzipped(parts) : parts);
}

const compressedHeaders = ({ vary }: Headers): Headers => ({
  'content-encoding': 'gzip',
  vary: vary === undefined ? 'Accept-Encoding' : `${String(vary)}, Accept-Encoding`,
});

/** What is given to a socket at once. */
const partBytes = 256 * 1024;

function* slices(whole: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < whole.length; i += partBytes) yield whole.subarray(i, i + partBytes);
}

type Parts = AsyncIterable<Uint8Array>;

/** Parts that are short together are a whole. */
async function begun(body: Exclude<Body, Uint8Array>): Promise<{ whole?: Uint8Array; parts: Parts }> {
  const rest = all(body);
  const first: Uint8Array[] = [];
  for (let bytes = 0; bytes <= compressedFromBytes; ) {
    const next = await rest.next();
    if (next.done) return { whole: Buffer.concat(first), parts: rest };
    first.push(next.value);
    bytes += next.value.length;
  }
  return { parts: chained(first, rest) };
}

async function* all(body: Exclude<Body, Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  for await (const part of body) yield part;
}

async function* chained(
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* first;
  yield* rest;
}

/** The head may say how long the body is: then that is what comes. */
async function respondPassed(
  response: Outgoing,
  answer: PassedAnswer,
  options: RespondOptions,
): Promise<void> {
  start(response, answer.code, { ...answer.headers });
  flushHeaders(response);
  await writeAll(response, options, answer.passed);
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

/** Of events that are made into bytes in one go. */
const framesAtOnce: Readonly<Record<Format, number>> = { json: 200, yaml: 200, protobuf: 20 };

async function* frames(events: WatchAnswer['events'], format: Format): AsyncGenerator<Buffer> {
  const atOnce = framesAtOnce[format];
  for await (const batch of events)
    for (let i = 0; i < batch.length; i += atOnce) {
      // A thousand watches hear of a change in the same moment.
      await turn();
      yield Buffer.concat(batch.slice(i, i + atOnce).map((event) => frameOf(event, format)));
    }
}

async function writeAll(
  response: Outgoing,
  { headOnly, stallMs }: RespondOptions,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (!headOnly)
    for await (const part of parts) {
      if (response.destroyed) return;
      if (write(response, part)) await turn();
      else await drained(response, stallMs);
    }
  end(response);
}

/** Resolves when there is room again, or nobody left to write to. */
function drained(response: Outgoing, stallMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timer);
      response.off('drain', onGoOn);
      response.off('close', onGoOn);
      end();
    };
    const onGoOn = () => settle(resolve);
    const timer = setTimeout(() => {
      drop(response);
      settle(() =>
        reject(new Error(`Cannot write the answer: the client has read nothing for ${stallMs} ms`)),
      );
    }, stallMs);
    response.on('drain', onGoOn);
    response.on('close', onGoOn);
  });
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
