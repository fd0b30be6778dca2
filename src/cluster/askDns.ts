/** One question to a name server from somewhere else: a node, a pod. */
import dgram from 'node:dgram';
import { decodeMessage } from '../dns/wire/decode.ts';
import { encodeMessage } from '../dns/wire/encode.ts';
import { questionMessage } from '../dns/wire/message.ts';
import { recordType } from '../dns/wire/types.ts';
import { socketIn } from '../lib/linux/sockets.ts';
import { clusterDomain } from './addresses.ts';

const question = encodeMessage(questionMessage(1, `kubernetes.default.svc.${clusterDomain}.`, recordType.A));

/** Whether the server answers, from the network namespace `netns`, with the address of the API's own Service. */
export function dnsAnswers(netns: string, server: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    const finish = (answered: boolean) => {
      clearTimeout(late);
      socket.close();
      resolve(answered);
    };
    // Refused at once while no server is there; silent only when a packet was lost.
    const late = setTimeout(() => finish(false), 200);
    socket.on('error', () => finish(false));
    socket.on('message', (answer) => finish(decodeMessage(answer).answers.length > 0));
    const fd = socketIn(netns, { type: 'udp', family: 4, bind: { address: '0.0.0.0', port: 0 } });
    socket.bind({ fd }, () => socket.connect(53, server, () => socket.send(question)));
  });
}
