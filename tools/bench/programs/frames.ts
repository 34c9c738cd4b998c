import type { Socket } from 'node:net';

const headerBytes = 4;
/** Up to this size one buffer is cheaper than two. */
const copiedBytes = 4096;

/** Sends a message with its length in front. */
export function sendFrame(socket: Socket, content: Uint8Array): void {
  const isCopied = content.byteLength <= copiedBytes;
  const head = Buffer.allocUnsafe(headerBytes + (isCopied ? content.byteLength : 0));
  head.writeUInt32LE(content.byteLength);
  if (isCopied) {
    head.set(content, headerBytes);
    socket.write(head);
  } else {
    socket.cork();
    socket.write(head);
    socket.write(content);
    socket.uncork();
  }
}

/** Hands on each whole message of a socket, without its length. */
export function readFrames(socket: Socket, receive: (content: Buffer) => void): void {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = headerBytes;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.byteLength;
    if (held < needed) return;
    let data = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    while (data.byteLength >= (needed = neededBytes(data))) {
      receive(data.subarray(headerBytes, needed));
      data = data.subarray(needed);
    }
    chunks = data.byteLength > 0 ? [data] : [];
    held = data.byteLength;
  });
}

function neededBytes(data: Buffer): number {
  return data.byteLength < headerBytes ? headerBytes : headerBytes + data.readUInt32LE();
}
