import { once } from 'node:events';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  sensitiveHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { HeaderField } from '../../../src/http2/hpack/header-field.ts';
import { frameType, http2Frame } from '../../hostile-wire/raw-http2.ts';

/** Headers of which each name stands once, as node wants them. */
export type Headers = Readonly<Record<string, string>>;

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const headBytes = 9;
const endStreamAndHeaders = 0x5;
const isPrioritized = 0x20;
const nodeOptions = { strictFieldWhitespaceValidation: false };

/** The header blocks of the requests that node sends on one connection, to a server with a header table of so many bytes. */
export async function requestBlocks(requests: readonly Headers[], tableBytes: number): Promise<Buffer[]> {
  const server = createServer();
  const authority = `http://127.0.0.1:${await listen(server)}`;
  const client = connectHttp2(authority, nodeOptions);
  try {
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.write(http2Frame(frameType.settings, 0, 0, headerTableSize(tableBytes)));
    await once(client, 'remoteSettings');
    for (const headers of requests)
      client
        .request({ ...headers, [sensitiveHeaders]: ['x-secret'] }, { endStream: true })
        .on('error', ignore);
    return await headerBlocks(socket, preface.length, requests.length);
  } finally {
    client.destroy();
    server.close();
  }
}

/** What node's server makes of the header blocks of requests, and the blocks of its answers, which have these headers. */
export async function exchange(
  requests: readonly Buffer[],
  answers: readonly Headers[],
): Promise<{ readonly read: readonly (readonly HeaderField[])[]; readonly blocks: readonly Buffer[] }> {
  const read: HeaderField[][] = [];
  const server = createHttp2Server(nodeOptions);
  server.on('stream', (stream: ServerHttp2Stream, _headers, _flags, raw: string[]) => {
    const answer = answers[read.length];
    read.push(pairs(raw));
    stream.on('error', ignore);
    stream.respond({ ':status': 200, ...answer }, { endStream: true });
  });
  const socket = connect(await listen(server), '127.0.0.1');
  try {
    socket.write(preface);
    socket.write(http2Frame(frameType.settings, 0, 0));
    for (const [index, block] of requests.entries())
      socket.write(http2Frame(frameType.headers, endStreamAndHeaders, 1 + 2 * index, block));
    return { read, blocks: await headerBlocks(socket, 0, requests.length) };
  } finally {
    socket.destroy();
    server.close();
  }
}

/** The first header blocks that come on a socket behind so many bytes. Hangs up then. */
async function headerBlocks(socket: Socket, behind: number, count: number): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  let bytes = Buffer.alloc(0);
  let start = behind;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    for (let end = frameEnd(bytes, start); end <= bytes.length; end = frameEnd(bytes, start)) {
      if (bytes[start + 3] === frameType.headers) blocks.push(blockOf(bytes.subarray(start, end)));
      start = end;
    }
    if (blocks.length === count) return blocks;
  }
  throw new Error(`node hung up after ${blocks.length} header blocks`);
}

/** Where the frame ends that begins there; beyond the bytes where its head is not there yet. */
function frameEnd(bytes: Buffer, start: number): number {
  return start + headBytes + (start + headBytes <= bytes.length ? bytes.readUIntBE(start, 3) : 0);
}

function blockOf(frame: Buffer): Buffer {
  return frame.subarray(headBytes + (((frame[4] ?? 0) & isPrioritized) === 0 ? 0 : 5));
}

/** A parameter of SETTINGS (RFC 9113, 6.5.1). */
function headerTableSize(bytes: number): Buffer {
  const parameter = Buffer.alloc(6);
  parameter.writeUInt16BE(1);
  parameter.writeUInt32BE(bytes, 2);
  return parameter;
}

function pairs(raw: readonly string[]): HeaderField[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function ignore(): void {
  // a stream that is cancelled when the connection ends
}
