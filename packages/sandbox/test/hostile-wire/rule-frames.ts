import { frameType as type, http2Frame, RawConnection } from './raw-http2.ts';
import type { WireHost } from './wire-host.ts';

export const endStream = 1;
export const endHeaders = 4;
const one = Buffer.from([0, 0, 0, 1]);

export const reset = (stream: number, code: number): Buffer =>
  http2Frame(type.resetStream, 0, stream, Buffer.from([0, 0, 0, code]));
export const data = (stream: number, flags = 0, payload: Uint8Array = one): Buffer =>
  http2Frame(type.data, flags, stream, payload);
export const headers = (stream: number, flags: number, block: Uint8Array): Buffer =>
  http2Frame(type.headers, flags, stream, block);
/** The block of one that is well-formed. */
export const trailer = Buffer.from([0, 1, 0x78, 1, 0x79]); // x: y

/** A connection of a runner that has attached and was greeted. */
export async function greeted(host: WireHost): Promise<RawConnection> {
  const connection = await RawConnection.greet(host.path);
  await (
    await host.session
  ).greeted;
  return connection;
}
