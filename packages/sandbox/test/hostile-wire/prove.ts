import { frameType, http2Frame, type RawConnection } from './raw-http2.ts';
import { message } from './raw-stream.ts';
import type { WireHost } from './wire-host.ts';

/** Has a line logged on the Attach of a raw connection, which proves that the host still listens. */
export async function prove(host: WireHost, connection: RawConnection): Promise<void> {
  const id = `still there ${host.written.length}`;
  const log = message({ $case: 'log', value: { level: 2, message: id, fieldsJson: '' } });
  await connection.write(http2Frame(frameType.data, 0, 1, log));
  const over = host.closed.then((error) => {
    throw new Error('the host has ended the sandbox', { cause: error });
  });
  over.catch(() => undefined);
  while (!host.written.some(({ message: text }) => text === id))
    await Promise.race([new Promise(setImmediate), over]);
}
