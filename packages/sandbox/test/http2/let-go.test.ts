import { describe, expect, it } from '@jest/globals';
import { openStream, sessionPair, until } from './session-pair.ts';

const options = {
  settings: { initialWindowBytes: 2 ** 20, maxFrameBytes: 2 ** 20 },
  connectionWindowBytes: 8 * 2 ** 20,
};
const sent = 4_000_000;

/** What is left of the memory in which much arrives, when its reader says of each piece whether nobody refers to it any more. */
async function memoryAfter(isDone: boolean): Promise<readonly number[]> {
  await using pair = await sessionPair({ client: options, server: options });
  const { here, there } = await openStream(pair);
  const memory = new Set<ArrayBufferLike>();
  let count = 0;
  there.http.deliverTo({
    data: (bytes) => {
      memory.add(bytes.buffer);
      count += bytes.length;
      return isDone;
    },
    ended: () => undefined,
    broken: () => undefined,
    sent: () => undefined,
  });
  there.http.resume();
  here.http.write([Buffer.alloc(sent)]);
  await until(() => count === sent);
  return [...memory].map(({ byteLength }) => byteLength);
}

describe('the memory in which data arrives', () => {
  it('is free as soon as nobody refers to it, where it is large', async () => {
    const left = await memoryAfter(true);
    expect(left.filter((bytes) => bytes === 0).length).toBeGreaterThan(left.length / 2);
    expect(Math.max(...left.slice(0, -1))).toBeLessThan(32 * 1024); // the last may still be read
  });

  it('stays while somebody does', async () => {
    const left = await memoryAfter(false);
    expect(left.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThanOrEqual(sent);
  });
});
