/** A socket that speaks with neighbours on one link and with nobody else. */
import { checked, koffi, libc } from './libc.ts';

const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
const SO_ATTACH_FILTER = 26;
/** The option by which a packet's number of hops is set, of IPv4 (`IP_TTL`) and IPv6 (`IPV6_UNICAST_HOPS`). */
const hopsOption = { 4: { level: 0, name: 2 }, 6: { level: 41, name: 16 } } as const;
/** Where the number of hops that are left stands in a packet's header. */
const hopsAt = { 4: 8, 6: 7 } as const;
const mostHops = 255;

/**
 * For a datagram socket that is not bound yet. A packet that comes with 255 hops left was sent on this link: a
 * router would have taken one (RFC 5082). So nobody behind a router, such as a pod, passes as a neighbour,
 * whatever source address it writes.
 */
export function stayOnLink(fd: number, family: 4 | 6, link: string): void {
  const { level, name } = hopsOption[family];
  setOption(fd, SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(link));
  setOption(fd, level, name, Buffer.from([mostHops, 0, 0, 0]));
  const { program, code } = filterOf([
    [LOAD_BYTE, 0, 0, NETWORK_HEADER + hopsAt[family]],
    [JUMP_IF_EQUAL, 0, 1, mostHops],
    [RETURN, 0, 0, WHOLE_PACKET],
    [RETURN, 0, 0, 0],
  ]);
  setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
  // Until here the program points to it; the kernel has a copy now.
  code.fill(0);
}

function setOption(fd: number, level: number, name: number, value: Uint8Array): void {
  checked('keep a socket on its link', libc().setsockopt(fd, level, name, value, value.length));
}

/** Classic BPF: https://docs.kernel.org/networking/filter.html */
const LOAD_BYTE = 0x30;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const NETWORK_HEADER = 0xfff0_0000;
const WHOLE_PACKET = 0xffff_ffff;

type Instruction = readonly [operation: number, ifTrue: number, ifFalse: number, k: number];

/** `struct sock_fprog`, which points to its instructions. */
function filterOf(instructions: readonly Instruction[]): { program: Buffer; code: Buffer } {
  const code = Buffer.allocUnsafeSlow(instructions.length * 8);
  for (const [i, [operation, ifTrue, ifFalse, k]] of instructions.entries()) {
    code.writeUInt16LE(operation, i * 8);
    code.set([ifTrue, ifFalse], i * 8 + 2);
    code.writeUInt32LE(k, i * 8 + 4);
  }
  const program = Buffer.alloc(16);
  program.writeUInt16LE(instructions.length, 0);
  program.writeBigUInt64LE(BigInt(koffi().address(code)), 8);
  return { program, code };
}
