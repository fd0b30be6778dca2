import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import type { ContainerRecord } from '../../contract.ts';
import { Refusal } from '../refusal.ts';
import { exitsOf } from './exits.ts';
import { parseLine, printedTimestamp } from './line.ts';
import { Lines } from './lines.ts';
import { watchLog } from './live.ts';
import { Printer, type PrintOptions } from './print.ts';
import { type LogQuery, parseLogQuery } from './query.ts';
import { logText } from './read.ts';
import { tailStart } from './tail.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`;

describe('a line of a log', () => {
  const parsed = (text: string) => {
    const line = parseLine(Buffer.from(text));
    return line && { ...line, content: line.content.toString() };
  };

  test('has a time, a stream, a tag and its text, which may hold anything', () => {
    assert.deepEqual(parsed('2026-01-01T00:00:00.1Z stderr F  two  spaces é'), {
      timestamp: '2026-01-01T00:00:00.1Z',
      stream: 'stderr',
      partial: false,
      content: ' two  spaces é',
    });
    assert.equal(parsed('2026-01-01T00:00:00Z stdout P:x tw')?.partial, true);
    assert.equal(parsed('2026-01-01T00:00:00Z stdout F ')?.content, '');
    assert.equal(parsed('2026-01-01T00:00:00Z stdout F')?.content, '');
  });

  test('that is none is told apart', () => {
    for (const text of ['', 'x', ' stdout F x', '2026-01-01T00:00:00Z stdin F x', 'stdout F x'])
      assert.equal(parsed(text), undefined, text);
  });

  test('is never a reason to fail', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseLine(Buffer.from(bytes))));
  });

  test('prints its time with nine digits, and no offset as Z', () => {
    assert.equal(printedTimestamp('2026-01-01T00:00:00.5+00:00'), '2026-01-01T00:00:00.500000000Z');
    assert.equal(printedTimestamp('2026-01-01T00:00:00+02:00'), '2026-01-01T00:00:00.000000000+02:00');
  });
});

describe('lines', () => {
  const linesOf = (chunks: readonly Buffer[]) => {
    const lines = new Lines();
    return chunks.flatMap((chunk) => [...lines.push(chunk)].map(String));
  };

  test('are the same however the bytes come in', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((s) => !s.includes('\n'))), fc.nat(20), (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const chunks: Buffer[] = [];
        for (let i = 0; i < bytes.length; i += size + 1) chunks.push(bytes.subarray(i, i + size + 1));
        assert.deepEqual(linesOf(chunks), lines);
      }),
    );
  });

  test('without an end are not kept for ever', () => {
    const endless = Array.from({ length: 40 }, () => Buffer.alloc(64 * 1024, 'x'));
    assert.deepEqual(linesOf([...endless, Buffer.from('\nnext\n')]), ['next']);
  });
});

describe('what is asked of a log', () => {
  const asked = (query: string) => parseLogQuery(new URLSearchParams(query), Date.UTC(2026, 0, 1));

  test('is read from the parameters of the API', () => {
    assert.deepEqual(asked('follow=true&previous=1&timestamps=true&tailLines=0&limitBytes=5&stream=Stderr'), {
      follow: true,
      previous: true,
      timestamps: true,
      tailLines: 0,
      limitBytes: 5,
      stream: 'stderr',
    });
    assert.equal(asked('sinceSeconds=10').sinceMs, Date.UTC(2026, 0, 1) - 10_000);
    assert.equal(asked('sinceTime=2025-12-31T00:00:00Z').sinceMs, Date.UTC(2025, 11, 31));
    assert.deepEqual(asked('follow=false'), { follow: false, previous: false, timestamps: false });
  });

  test('is refused when it makes no sense', () => {
    for (const query of [
      'tailLines=-1',
      'tailLines=x',
      'limitBytes=0',
      'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
      'sinceTime=yesterday',
      'stream=both',
    ])
      assert.throws(
        () => asked(query),
        (err) => err instanceof Refusal && err.code === 422,
        query,
      );
  });
});

describe('what is printed', () => {
  const log = `
    ${at(1)} stdout F one
    ${at(2)} stdout P tw
    ${at(2)} stdout F o
    not a line
    ${at(3)} stderr F three`;
  const lines = log.trim().split(/\n */);
  const printed = (options: Partial<PrintOptions> = {}) =>
    new Printer({ timestamps: false, ...options }).print(lines.map((line) => Buffer.from(line))).toString();

  test('joins the parts of a line', () => assert.equal(printed(), 'one\ntwo\nthree\n'));

  test('bears a time at the beginning of a line only', () => {
    assert.equal(printed({ timestamps: true }), `${at(1)} one\n${at(2)} two\n${at(3)} three\n`);
  });

  test('begins where it is new enough', () => {
    assert.equal(printed({ sinceMs: Date.UTC(2026, 0, 1, 0, 0, 2) }), 'two\nthree\n');
  });

  test('is of one stream, if only that is wanted', () =>
    assert.equal(printed({ stream: 'stderr' }), 'three\n'));

  test('is cut at the limit', () => {
    assert.equal(printed({ limitBytes: 6 }), 'one\ntw');
    const printer = new Printer({ timestamps: false, limitBytes: 4 });
    assert.equal(printer.full, false);
    printer.print([Buffer.from(lines[0] ?? '')]);
    assert.equal(printer.full, true);
  });
});

describe('the last lines', () => {
  const readFrom = (bytes: Buffer) => {
    let read = 0;
    return {
      read: async (position: number, length: number) => {
        read += length;
        return bytes.subarray(position, position + length);
      },
      get bytes() {
        return read;
      },
    };
  };
  const entry = fc.record({
    stream: fc.constantFrom('stdout', 'stderr'),
    tag: fc.constantFrom('F', 'P'),
    text: fc.string({ maxLength: 300 }).map((s) => s.replaceAll('\n', '')),
  });

  test('are those that somebody would count who reads everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 60 }), fc.nat(10), async (entries, wanted) => {
        const texts = entries.map(({ stream, tag, text }) => `${at(0)} ${stream} ${tag} ${text}\n`);
        const bytes = Buffer.from(texts.join(''));
        const start = await tailStart(readFrom(bytes).read, bytes.length, wanted);
        const ends = entries.map(({ tag }, i) => tag === 'F' || i === entries.length - 1);
        const endings = ends.flatMap((is, i) => (is ? [i] : []));
        const before = endings.at(-wanted - 1);
        const first =
          wanted === 0 ? texts.length : before === undefined || endings.length <= wanted ? 0 : before + 1;
        assert.equal(bytes.subarray(start).toString(), texts.slice(first).join(''));
      }),
    );
  });

  test('are found across the borders of blocks', async () => {
    const texts = Array.from({ length: 5000 }, (_, i) => `${at(0)} stdout F ${'x'.repeat(i % 97)}${i}\n`);
    const bytes = Buffer.from(texts.join(''));
    for (const wanted of [1, 10, 1000, 4999, 5000, 6000]) {
      const start = await tailStart(readFrom(bytes).read, bytes.length, wanted);
      assert.equal(bytes.subarray(start).toString(), texts.slice(-wanted).join(''));
    }
  });

  test('of a large log are found without reading what stands before', async () => {
    const bytes = Buffer.from(`${at(0)} stdout F hello\n`.repeat(100_000));
    const file = readFrom(bytes);
    await tailStart(file.read, bytes.length, 10);
    assert.ok(file.bytes <= 64 * 1024);
  });

  test('are counted in one stream, if only that is wanted', async () => {
    const bytes = Buffer.from(
      `${at(0)} stderr F a\n${at(0)} stdout F b\n${at(0)} stderr F c\n${at(0)} stdout F d\n`,
    );
    const start = await tailStart(readFrom(bytes).read, bytes.length, 1, 'stderr');
    const printer = new Printer({ timestamps: false, stream: 'stderr' });
    assert.equal(printer.print(new Lines().push(bytes.subarray(start))).toString(), 'c\n');
  });
});

describe('a log that is read', () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-logs-'));
  after(() => rmSync(directory, { recursive: true }));
  const line = (text: string, tag = 'F') => `${at(0)} stdout ${tag} ${text}\n`;
  const plain: LogQuery = { follow: false, previous: false, timestamps: false };
  let count = 0;

  /** A log that is followed by nobody yet, and the container that writes it. */
  function container(beginning: string) {
    const logPath = join(directory, `${++count}.log`);
    writeFileSync(logPath, beginning);
    const record = { id: `${count}`, logPath, state: 'running' } as ContainerRecord;
    const listeners: ((record: ContainerRecord) => void)[] = [];
    const exits = exitsOf({ list: async () => [record], onExit: (listener) => listeners.push(listener) });
    const end = () => {
      record.state = 'exited';
      for (const listener of listeners) listener(record);
    };
    return { record, exits, end, write: (text: string) => appendFileSync(logPath, text) };
  }

  async function followed(own: ReturnType<typeof container>, query: Partial<LogQuery> = {}) {
    const gone = new AbortController();
    const live = await watchLog(own.record, own.exits, gone.signal);
    const text = logText(await open(own.record.logPath), own.record.logPath, { ...plain, ...query }, live);
    const rest = async () => {
      let all = '';
      for await (const piece of text) all += piece.toString();
      live.stop();
      return all;
    };
    return { next: async () => String((await text.next()).value), rest, gone };
  }

  test('once is complete at the end of the file', async () => {
    const { record } = container(line('one') + line('two'));
    const pieces = logText(await open(record.logPath), record.logPath, plain);
    assert.equal(String((await pieces.next()).value), 'one\ntwo\n');
    assert.equal((await pieces.next()).done, true);
  });

  test('goes on as it is written, and ends with its container when all is told', async () => {
    const own = container(line('one'));
    const log = await followed(own);
    assert.equal(await log.next(), 'one\n');
    const second = log.next();
    own.write(line('two'));
    assert.equal(await second, 'two\n');
    own.write(line('three'));
    own.end();
    assert.equal(await log.rest(), 'three\n');
  });

  test('of a container that has ended already ends at once, followed or not', async () => {
    const own = container(line('one'));
    own.end();
    assert.equal(await (await followed(own)).rest(), 'one\n');
  });

  test('reaches a reader that waits for it, without a second line behind it', async () => {
    const own = container('');
    const log = await followed(own);
    const first = log.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    own.write(line('now'));
    assert.equal(await first, 'now\n');
    own.end();
    await log.rest();
  });

  test('goes on in the new file after a rotation, and loses nothing of the old one', async () => {
    const own = container(line('one'));
    const log = await followed(own);
    assert.equal(await log.next(), 'one\n');
    const { logPath } = own.record;
    own.write(line('two'));
    renameSync(logPath, `${logPath}.old`);
    appendFileSync(`${logPath}.old`, line('three'));
    writeFileSync(logPath, line('four'));
    own.end();
    assert.equal(await log.rest(), 'two\nthree\nfour\n');
  });

  test('begins anew when it was emptied', async () => {
    const own = container(line('one'));
    const log = await followed(own);
    assert.equal(await log.next(), 'one\n');
    truncateSync(own.record.logPath);
    const next = log.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    own.write(line('x'));
    assert.equal(await next, 'x\n');
    own.end();
    await log.rest();
  });

  test('is let go of when its reader is gone', async () => {
    const own = container(line('one'));
    const log = await followed(own);
    assert.equal(await log.next(), 'one\n');
    const rest = log.rest();
    log.gone.abort();
    assert.equal(await rest, '');
  });

  test('from its last lines goes on from there', async () => {
    const own = container(line('one') + line('two'));
    const log = await followed(own, { tailLines: 1 });
    assert.equal(await log.next(), 'two\n');
    own.write(line('three'));
    own.end();
    assert.equal(await log.rest(), 'three\n');
  });

  test('from its end tells only what comes', async () => {
    const own = container(line('one'));
    const log = await followed(own, { tailLines: 0 });
    // Where its end is, is found out a moment after somebody reads.
    const writing = setInterval(() => own.write(line('two')), 20);
    const first = await log.next().finally(() => clearInterval(writing));
    assert.match(first, /^(two\n)+$/);
    own.end();
    assert.match(await log.rest(), /^(two\n)*$/);
  });

  test('ends at its limit, also when it is followed', async () => {
    const own = container(line('one'));
    const log = await followed(own, { limitBytes: 2 });
    assert.equal(await log.rest(), 'on');
  });

  test('is no reason to listen to the runtime before somebody follows it', async () => {
    let listeners = 0;
    const exits = exitsOf({ list: async () => [], onExit: () => void listeners++ });
    assert.equal(listeners, 0);
    (await exits('1', () => {}))();
    (await exits('2', () => {}))();
    assert.equal(listeners, 1);
  });
});
