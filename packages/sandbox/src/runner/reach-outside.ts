import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

/** Addresses that nobody has (RFC 5737, RFC 3849): what is sent to one arrives nowhere, wherever it is sent from. */
export const [outside, outside6] = ['192.0.2.1', '2001:db8::1'];

const discardPort = 9;

/**
 * Connects. Resolves with the error: a kernel that lets nothing out says so at once. Otherwise `undefined`; it is given up then. Not for
 * an address of IPv6: `node:net` would first compile how one is spelt, for longer than the whole check takes.
 */
export async function connectByTcp(address: string): Promise<unknown> {
  const socket = connect(discardPort, address);
  const failure = Promise.withResolvers<unknown>();
  socket.on('error', failure.resolve);
  setImmediate(() => setImmediate(() => failure.resolve(undefined)));
  const error = await failure.promise;
  socket.destroy();
  return error;
}

/** Sends a datagram. Resolves with the error, or `undefined` when it was sent. */
export async function sendByUdp(address: string, family: 4 | 6): Promise<unknown> {
  // An address needs no look-up, and Node would load what does them.
  const socket = createSocket({
    type: `udp${family}`,
    lookup: (_, _options, found) => found(null, address, family),
  });
  const sent = Promise.withResolvers<unknown>();
  socket.on('error', sent.resolve);
  socket.send('', discardPort, address, (error) => sent.resolve(error ?? undefined));
  const error = await sent.promise;
  socket.close();
  return error;
}
