import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { PluginHostServiceDefinition } from './gen/stellaops/plugin/v1/plugin.ts';

const { fullName, methods } = PluginHostServiceDefinition;

/** Where the methods of the service are found ("gRPC over HTTP2", Path). */
export const paths = {
  attach: `/${fullName}/${methods.attach.name}`,
  transfer: `/${fullName}/${methods.transfer.name}`,
} as const;

/** The codes of gRPC that the host ends streams with: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const status = { ok: 0, alreadyExists: 6, failedPrecondition: 9, unimplemented: 12 } as const;

/** One of them. */
export type Status = (typeof status)[keyof typeof status];

const contentType = 'application/grpc+proto';

/** The headers of every answer. */
const responseHeaders = { ':status': 200, 'content-type': contentType };

/** The headers of a request. */
export function requestHeaders(path: string): Readonly<Record<string, string>> {
  return { ':method': 'POST', ':path': path, 'content-type': contentType, te: 'trailers' };
}

/** Answers a request that is taken; `trailers` is asked for what the stream ends with. */
export function accept(stream: ServerHttp2Stream, trailers: () => Readonly<Record<string, string>>): void {
  stream.on('wantTrailers', () => stream.sendTrailers(trailers()));
  stream.respond(responseHeaders, { waitForTrailers: true });
}

/** Answers a request that is not taken. */
export function refuse(stream: ServerHttp2Stream, code: Status, details: string): void {
  stream.resume();
  stream.respond({ ...responseHeaders, ...statusTrailers(code, details) }, { endStream: true });
}

/** How a stream ends. */
export function statusTrailers(code: Status, details = ''): Readonly<Record<string, string>> {
  return { 'grpc-status': String(code), ...(details !== '' && { 'grpc-message': encodeURI(details) }) };
}

/** What a stream was ended for, by its trailers; `undefined` when it ended well or says nothing. */
export function failureOf(trailers: IncomingHttpHeaders): Error | undefined {
  const { 'grpc-status': code, 'grpc-message': details = '' } = trailers;
  if (code === undefined || code === String(status.ok)) return undefined;
  return new Error(`${decodeURI(details.toString())} (gRPC status ${code.toString()})`);
}
