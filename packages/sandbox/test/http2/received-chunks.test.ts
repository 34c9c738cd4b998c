import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ReusedChunks } from '../../src/http2/received-chunks.ts';

/** What arrives of three writes; each is let go, or not, before the next. */
async function receive(isLetGo: boolean): Promise<readonly Buffer[]> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'chunks-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const path = join(directory, 's');
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer(accepted.resolve).listen(path);
  stack.defer(() => void server.close());
  const chunks = new ReusedChunks();
  const received: Buffer[] = [];
  const socket = connect({ path, onread: chunks.onread });
  const peer = await accepted.promise;
  for (const text of ['one', 'two', 'three']) {
    const arrived = new Promise<void>((resolve) => {
      chunks.deliverTo((chunk) => {
        received.push(chunk);
        if (isLetGo) chunks.letGo(chunk);
        resolve();
      });
    });
    peer.write(text);
    await arrived;
  }
  peer.end();
  await once(socket, 'close');
  return received;
}

describe('the memory that a socket is read into', () => {
  it('is the same again where nobody refers to what came before', async () => {
    const received = await receive(true);
    expect(new Set(received.map(({ buffer }) => buffer)).size).toBe(1);
    expect(String(received[2])).toBe('three');
  });

  it('is another one where somebody does', async () => {
    expect((await receive(false)).map(String)).toEqual(['one', 'two', 'three']);
  });
});
