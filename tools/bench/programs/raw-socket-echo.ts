/** The far end of the raw socket: its first argument is where it listens. */
import { createServer, type Socket } from 'node:net';
import { readFrames, sendFrame } from './frames.ts';

const modeBytes = 16;

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  const begin = (): void => {
    const header = socket.read(modeBytes) as Buffer | null; // of a socket without an encoding
    if (!header) return void socket.once('readable', begin);
    const [mode, bytes] = header.toString().trim().split(' ');
    if (mode === 'echo') readFrames(socket, (content) => sendFrame(socket, content));
    if (mode === 'sink') countAll(socket);
    if (mode === 'source') sendForever(socket, Buffer.alloc(Number(bytes)));
  };
  begin();
});
server.listen(process.argv[2], () => process.send?.('listening'));
process.once('disconnect', () => process.exit());

function countAll(socket: Socket): void {
  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.byteLength));
  socket.once('end', () => socket.end(String(received)));
}

function sendForever(socket: Socket, item: Buffer): void {
  const fill = (): void => {
    while (!socket.destroyed && socket.write(item));
  };
  socket.on('drain', fill);
  fill();
}
