/** One question to a name server from somewhere else: a node, a pod. */
import dgram from 'node:dgram';
import { decodeMessage } from '../dns/wire/decode.ts';
import { encodeMessage } from '../dns/wire/encode.ts';
import { questionMessage } from '../dns/wire/message.ts';
import { recordType } from '../dns/wire/types.ts';
import { anyAddress, familyOf } from '../lib/ip.ts';
import { socketIn } from '../lib/linux/sockets.ts';
import { clusterDomain } from './addresses.ts';

const name = `kubernetes.default.svc.${clusterDomain}.`;
const question = {
  4: encodeMessage(questionMessage(1, name, recordType.A)),
  6: encodeMessage(questionMessage(1, name, recordType.AAAA)),
};

/** Whether the server answers, from the network namespace `netns`, with the address of the API's own Service. */
export function dnsAnswers(netns: string, server: string): Promise<boolean> {
  return new Promise((resolve) => {
    const family = familyOf(server);
    const socket = dgram.createSocket(`udp${family}`);
    const finish = (answered: boolean) => {
      clearTimeout(late);
      socket.close();
      resolve(answered);
    };
    // Refused at once while no server is there; silent only when a packet was lost.
    const late = setTimeout(() => finish(false), 200);
    socket.on('error', () => finish(false));
    socket.on('message', (answer) => finish(decodeMessage(answer).answers.length > 0));
    const fd = socketIn(netns, { type: 'udp', family, bind: { address: anyAddress[family], port: 0 } });
    socket.bind({ fd }, () => socket.connect(53, server, () => socket.send(question[family])));
  });
}
