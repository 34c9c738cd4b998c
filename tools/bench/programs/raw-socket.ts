/** A process that sends length-prefixed messages over a Unix socket to another one, and nothing else: the limit of what Node can do. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnswersInOrder } from './answers-in-order.ts';
import { echoMeasurements, type Echo } from './echo-measurements.ts';
import { readFrames, sendFrame } from './frames.ts';
import { serveMeasurements } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'));
const path = join(folder, 'socket');
const far = fork(new URL('./raw-socket-echo.ts', import.meta.url), [path]);
try {
  await once(far, 'message');
  await serveMeasurements(echoMeasurements(openEcho(await dial('echo'))));
} finally {
  far.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function dial(mode: string): Promise<Socket> {
  const socket = createConnection(path);
  await once(socket, 'connect');
  socket.write(mode.padEnd(16));
  return socket;
}

function openEcho(socket: Socket): Echo {
  const answers = new AnswersInOrder();
  readFrames(socket, answers.answer);
  return {
    bytes: (data) => answers.wait(() => sendFrame(socket, data)),
    upload: async (itemBytes, goesOn) => {
      const stream = await dial('sink');
      const item = Buffer.alloc(itemBytes);
      for (let sent = 0; goesOn(sent); sent += itemBytes)
        if (!stream.write(item)) await once(stream, 'drain');
      const total = once(stream, 'data');
      stream.end();
      return Number(String((await total)[0]));
    },
    download: async (itemBytes, goesOn) => {
      const stream = await dial(`source ${itemBytes}`);
      let received = 0;
      for await (const chunk of stream) {
        received += (chunk as Buffer).byteLength; // of a socket without an encoding
        if (!goesOn(received)) break;
      }
      return received;
    },
  };
}
