/** `node echo.ts PORT`: answers each packet with itself, so that the floor of the tools and the machine is known. */
import { createSocket } from 'node:dgram';

const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
socket.on('message', (packet, { address, port }) => {
  // QR, and as many answers as questions, which whoever measures does not look into.
  packet[2] = (packet[2] ?? 0) | 0x80;
  packet[7] = 1;
  socket.send(packet, port, address, () => {});
});
socket.bind(Number(process.argv[2]), '127.0.0.1');
