/**
 * Header blocks: names and values with their lengths, deflated. All blocks of one direction are one zlib
 * stream that is flushed after each. SPDY Draft 3, section 2.6.10.
 */
import { constants, deflateRawSync, deflateSync, inflateRawSync } from 'node:zlib';
import { dictionary } from './dictionary.ts';
import { SpdyError } from './error.ts';

/** Lower-case names. */
export type Headers = ReadonlyMap<string, string>;

const { Z_SYNC_FLUSH } = constants;
/** As far as deflate looks back (RFC 1951). */
const windowBytes = 32 * 1024;
const mostBytes = 64 * 1024;
/** RFC 1950: CMF, FLG with FDICT, and the Adler-32 of the dictionary. */
const presetDictionary = 0x20;
const zlibHeaderBytes = 6;
const dictionaryId = deflateSync('', { dictionary }).subarray(2, zlibHeaderBytes);

export class HeaderReader {
  /** A flush ends at a byte, so what went before is all that the next block needs to know. */
  #window: Buffer = dictionary;
  #begun = false;

  read(block: Buffer): Headers {
    const text = this.#inflate(this.#begun ? block : withoutZlibHeader(block));
    this.#begun = true;
    this.#window = Buffer.concat([this.#window, text]).subarray(-windowBytes);
    return parse(text);
  }

  #inflate(block: Buffer): Buffer {
    try {
      return inflateRawSync(block, {
        dictionary: this.#window,
        finishFlush: Z_SYNC_FLUSH,
        maxOutputLength: mostBytes,
      });
    } catch (err) {
      throw new SpdyError(`Cannot inflate headers: ${(err as Error).message}`);
    }
  }
}

export class HeaderWriter {
  #begun = false;

  /** Stored, not compressed: there is hardly anything to send, and so it needs no memory of what went before. */
  write(headers: Headers): Buffer {
    const deflate = this.#begun ? deflateRawSync : deflateSync;
    const options = { level: 0, finishFlush: Z_SYNC_FLUSH, ...(!this.#begun && { dictionary }) };
    this.#begun = true;
    return deflate(format(headers), options);
  }
}

function withoutZlibHeader(block: Buffer): Buffer {
  const id = block.subarray(2, zlibHeaderBytes);
  if (((block[1] ?? 0) & presetDictionary) === 0 || !id.equals(dictionaryId))
    throw new SpdyError('Cannot inflate headers: they do not use the dictionary of SPDY/3');
  return block.subarray(zlibHeaderBytes);
}

export function parse(text: Buffer): Headers {
  const headers = new Map<string, string>();
  let at = 0;
  const number = (): number => {
    if (at + 4 > text.length) throw new SpdyError('Cannot read headers: the block is too short');
    at += 4;
    return text.readUInt32BE(at - 4);
  };
  const word = (): string => {
    const length = number();
    if (at + length > text.length) throw new SpdyError('Cannot read headers: a length is beyond the block');
    at += length;
    return text.toString('utf8', at - length, at);
  };
  // Each header takes eight bytes at least, so a count that lies ends here soon.
  for (let left = number(); left > 0; left--) headers.set(word().toLowerCase(), word());
  return headers;
}

export function format(headers: Headers): Buffer {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const words = [...headers].flat().map((word) => Buffer.from(word));
  return Buffer.concat([number(headers.size), ...words.flatMap((word) => [number(word.length), word])]);
}
