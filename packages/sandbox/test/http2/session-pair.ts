import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import { Http2Session, type Http2SessionOptions, type ReadingPace } from '../../src/http2/http2-session.ts';
import { follow, type FollowedStream } from './followed-stream.ts';

/** The two ends of one connection of a Unix socket. */
export interface SocketPair extends AsyncDisposable {
  readonly client: Socket;
  readonly server: Socket;
}

export async function socketPair(): Promise<SocketPair> {
  const directory = await mkdtemp(join(tmpdir(), 'stella-http2-'));
  const listener = createServer().listen(join(directory, 's'));
  await once(listener, 'listening');
  const client = connect(join(directory, 's'));
  const [server] = (await once(listener, 'connection')) as [Socket];
  listener.close();
  return {
    client,
    server,
    [Symbol.asyncDispose]: async () => {
      for (const socket of [client, server]) socket.destroy();
      await rm(directory, { recursive: true });
    },
  };
}

/** One end, as a test sees it. */
export interface SessionEnd {
  readonly session: Http2Session;
  readonly socket: Socket;
  /** Resolves when the connection is over, with what it was ended for. */
  readonly closed: Promise<Error | undefined>;
}

/** A stream that a client has opened, on the server. */
export interface OpenedStream extends FollowedStream {
  readonly request: readonly HeaderField[];
}

export interface ServerEnd extends SessionEnd {
  /** In the order in which they were opened. */
  readonly opened: readonly OpenedStream[];
  /** The stream that is opened next, or was and nobody has asked for. */
  next(): Promise<OpenedStream>;
}

type EndOptions = Partial<Omit<Http2SessionOptions, 'side' | 'closed' | 'opened'>>;

export const request: readonly HeaderField[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':authority', 'localhost'],
  [':path', '/a'],
];
export const answer: readonly HeaderField[] = [[':status', '200']];
export const trailers: readonly HeaderField[] = [['x-trailer', 'the end']];

/** Has time for everything. */
export const steadyPace: ReadingPace = {
  hasTime: () => true,
  spend: () => undefined,
  rest: (resume) => void setImmediate(resume),
};

function sessionEnd(
  socket: Socket,
  side: 'client' | 'server',
  options: EndOptions,
  opened?: Http2SessionOptions['opened'],
): SessionEnd {
  const closed = Promise.withResolvers<Error | undefined>();
  const session = new Http2Session(socket, {
    side,
    settings: { initialWindowBytes: 65_535 },
    connectionWindowBytes: 1024 * 1024,
    streamWindowBytes: () => options.settings?.initialWindowBytes ?? 65_535,
    pace: steadyPace,
    ...options,
    ...(opened && { opened }),
    closed: (error) => closed.resolve(error),
  });
  return { session, socket, closed: closed.promise };
}

/** Our client on a socket. */
export function clientOn(socket: Socket, options: EndOptions = {}): SessionEnd {
  return sessionEnd(socket, 'client', options);
}

/** Our server on a socket. `takes` is called with each stream that is opened. */
export function serverOn(
  socket: Socket,
  options: EndOptions = {},
  takes: (stream: OpenedStream) => void = () => undefined,
): ServerEnd {
  const opened: OpenedStream[] = [];
  let asked = 0;
  const end = sessionEnd(socket, 'server', options, (http, fields) => {
    const stream = Object.assign(follow(http), { request: fields });
    opened.push(stream);
    takes(stream);
  });
  const next = async (): Promise<OpenedStream> => {
    const place = asked++;
    await until(() => opened.length > place);
    return opened[place] ?? Promise.reject(new Error('there is none'));
  };
  return { ...end, opened, next };
}

/** Two of our sessions that have heard the settings of one another. */
export interface SessionPair extends SocketPair {
  readonly clientEnd: SessionEnd;
  readonly serverEnd: ServerEnd;
}

export async function sessionPair(
  options: { readonly client?: EndOptions; readonly server?: EndOptions } = {},
): Promise<SessionPair> {
  const sockets = await socketPair();
  const serverEnd = serverOn(sockets.server, options.server);
  const clientEnd = clientOn(sockets.client, options.client);
  const pair = { ...sockets, clientEnd, serverEnd };
  await roundTrip(pair);
  return pair;
}

/** A stream as both ends have it, of which neither reads yet. */
export interface SharedStream {
  readonly here: FollowedStream;
  readonly there: OpenedStream;
}

export async function openStream({ clientEnd, serverEnd }: SessionPair): Promise<SharedStream> {
  const here = follow(clientEnd.session.request(request));
  return { here, there: await serverEnd.next() };
}

/** A request and its answer: what was sent before, either way, has arrived, and what it asks for is done. */
export async function roundTrip({
  clientEnd,
  serverEnd,
}: Omit<SessionPair, keyof SocketPair>): Promise<void> {
  const asked = follow(clientEnd.session.request(request));
  asked.http.resume();
  asked.http.end();
  const { http, over } = await serverEnd.next();
  http.resume();
  http.sendHeaders(answer, true);
  await Promise.all([asked.over, over]);
}

/** Waits, turn by turn. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}
