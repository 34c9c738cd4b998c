import type { HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';

/** AF_UNSPEC to one beyond AF_MCTP, the last of Linux 6.18 (`linux/socket.h`). */
const families = Array.from({ length: 47 }, (_, family) => BigInt(family));
/** SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET. */
const types = [1n, 2n, 3n, 5n];
/** A filter that compared all 64 bits would take this for another family than the kernel does. */
const inUpperHalf = 1n << 32n;

const pair = Buffer.alloc(8);
const unixSockets = 1n;
const calls = [...families, ...families.map((family) => inUpperHalf | family)].flatMap((family) =>
  types.flatMap((type) => [call('socket', family, type), call('socketpair', family, type, 0n, pair)]),
);
const isUnix = ({ arguments: values }: (typeof calls)[number]): boolean =>
  BigInt.asUintN(32, values?.[0] as bigint) === unixSockets;

/** One program that asks for a socket, and for a pair, of every family there is. */
export const socketFamilies: HostileCase = {
  name: 'opens a socket of every family and every type',
  programs: { unix: { calls: calls.filter(isUnix) }, others: { calls: calls.filter((one) => !isUnix(one)) } },
  attempt: `const answersOf = (name) => {
      const written = output(program(name));
      const results = Array.from({ length: written.length / 8 }, (_, index) => decode(written.readBigInt64LE(8 * index)));
      return [...new Set(results.map((result) => typeof result === 'number' ? 'opened' : result))].sort().join(' ');
    };
    const others = answersOf('others');
    return { unix: answersOf('unix'), others: others.includes('opened') ? 'opened' : others };`,
  // Sockets of the machine itself come in every type but the last: a raw one is a datagram socket.
  denied: { unix: 'opened', others: 'EPERM' },
  defences: ['filter of system calls'],
  succeeds: { unix: 'opened', others: 'opened' },
};
