import type { Listening } from '../sql-database.ts';
import type { PgClient } from './bounded-pool.ts';
import { inTotal, withinTime } from './time-allowance.ts';

/** How to listen to a channel. */
export interface ListenOptions {
  /** A connection that nobody else uses; to release it ends it. */
  readonly connect: () => Promise<PgClient>;
  readonly channel: string;
  readonly hear: (payload: string) => void;
  readonly signal: AbortSignal;
  /** What it may take until it listens. */
  readonly callTimeoutMs: number;
}

/** Listens to a channel on a connection of its own. Rejects when that does not come up in time, and when the signal aborts before. */
export async function listenOn(options: ListenOptions): Promise<Listening> {
  const { connect, channel, hear, signal } = options;
  const allowance = inTotal(options.callTimeoutMs);
  const client = await withinTime(allowance, 'the database gave no connection', connect, (late) =>
    late.release(true),
  );
  const ended = Promise.withResolvers<void>();
  const close = (): void => {
    client.release(true);
    ended.resolve();
  };
  client.on('error', () => ended.resolve()); // without a listener it ends the process
  client.on('end', () => ended.resolve());
  client.on('notification', ({ payload = '' }) => hear(payload));
  try {
    signal.throwIfAborted();
    await withinTime(allowance, 'the database did not answer', () =>
      client.query(`listen "${channel.replaceAll('"', '""')}"`, []),
    );
    return { ended: ended.promise, [Symbol.asyncDispose]: async () => close() };
  } catch (error) {
    close();
    throw error;
  }
}
