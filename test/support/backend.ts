/**
 * What pods talk to in tests of images: a name server at 127.0.0.1 that knows `backend.default.svc.cluster.local`
 * (127.0.0.5 and 127.0.0.6), and a web server on port 80 that says hello, but nothing at /slow.
 * Prints a line when both are up.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import packet from 'dns-packet';

const name = 'backend.default.svc.cluster.local';
const dns = createSocket('udp4');
dns.on('message', (message, from) => {
  const query = packet.decode(message);
  const [question] = query.questions ?? [];
  const isKnown = question?.name === name;
  const data = isKnown && question.type === 'A' ? ['127.0.0.5', '127.0.0.6'] : [];
  const answer = packet.encode({
    id: query.id ?? 0,
    type: 'response',
    flags: packet.AUTHORITATIVE_ANSWER | packet.RECURSION_AVAILABLE | (isKnown ? 0 : 3),
    questions: query.questions ?? [],
    answers: data.map((address) => ({ type: 'A', name, ttl: 5, data: address })),
  });
  dns.send(answer, from.port, from.address);
});
dns.bind(53, '127.0.0.1');
await once(dns, 'listening');

const web = createServer((request, response) => {
  if (request.url !== '/slow') response.end('hello\n');
}).listen(process.argv[2] === 'dns' ? 0 : 80);
await once(web, 'listening');
process.stdout.write('up\n');
