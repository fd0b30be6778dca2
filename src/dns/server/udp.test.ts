import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, test } from 'node:test';
import packet from 'dns-packet';
import { chain } from '../chain.ts';
import type { Next } from '../contract.ts';
import { addressRecord, type Lasting, noted, replyTo } from '../wire/message.ts';
import { keptAnswers } from './kept.ts';
import { listenUdp } from './udp.ts';

const closing: (() => unknown)[] = [];
after(() => Promise.all(closing.map((close) => close())));

const lasting: Lasting = { stale: false };

/** `later` is answered later, `fresh` is never kept; and with the number in the name. */
const world: Next = ({ message, question, name }) => {
  const number = Number(/(\d+)/.exec(name)?.[1]);
  const reply = {
    ...replyTo(message),
    answers: [addressRecord(question.name, 5, `10.0.${number >> 8}.${number & 255}`)],
  };
  if (name.startsWith('later')) return new Promise((resolve) => setImmediate(() => resolve(reply)));
  return name.startsWith('fresh') ? reply : noted(reply, { lasting });
};

async function client(type: 'udp4' | 'udp6', port: number): Promise<Socket> {
  const socket = createSocket(type);
  socket.connect(port, type === 'udp4' ? '127.0.0.1' : '::1');
  await once(socket, 'connect');
  socket.setRecvBufferSize(1 << 20);
  closing.push(() => socket.close());
  return socket;
}

test('of thousands of questions at once each has its own answer', async () => {
  const next = chain([{ name: 'world', handle: world, again: () => undefined }]);
  const listener = await listenUdp(0, next, keptAnswers());
  closing.push(() => listener.close());
  const sockets = await Promise.all(
    (['udp4', 'udp6', 'udp4'] as const).map((type) => client(type, listener.port)),
  );
  const burst = 64;
  for (let round = 0; round < 30; round++) {
    await Promise.all(
      sockets.map(async (socket, s) => {
        const left = new Map<number, string>();
        const all = new Promise<void>((resolve) => {
          const hear = (bytes: Buffer) => {
            const { id = 0, answers = [], questions = [] } = packet.decode(bytes);
            const [answer] = answers;
            const name = questions[0]?.name ?? '';
            const number = Number(/(\d+)/.exec(name)?.[1]);
            assert.equal(name, left.get(id));
            assert.equal(answer && 'data' in answer && answer.data, `10.0.${number >> 8}.${number & 255}`);
            left.delete(id);
            if (left.size > 0) return;
            socket.off('message', hear);
            resolve();
          };
          socket.on('message', hear);
        });
        for (let i = 0; i < burst; i++) {
          const kind = ['kept', 'KEPT', 'fresh', 'later'][i % 4];
          const name = `${kind}-${(i + round * s) % 300}.example`;
          left.set(round * burst + i, name);
          socket.send(
            packet.encode({ type: 'query', id: round * burst + i, questions: [{ name, type: 'A' }] }),
          );
        }
        await all;
      }),
    );
  }
});
