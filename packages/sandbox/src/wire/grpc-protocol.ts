import type { HeaderField } from '../http2/hpack/header-field.ts';
import type { Http2Stream } from '../http2/http2-stream.ts';
import { valueOf } from '../http2/request-head.ts';
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

const contentType: HeaderField = ['content-type', 'application/grpc+proto'];

/** The headers of every answer. */
export const responseHeaders: readonly HeaderField[] = [[':status', '200'], contentType];

/** The headers of a request. */
export function requestHeaders(path: string): readonly HeaderField[] {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    contentType,
    ['te', 'trailers'],
  ];
}

/** Answers a request that is not taken. */
export function refuse(stream: Http2Stream, code: Status, details: string): void {
  stream.sendHeaders([...responseHeaders, ...statusTrailers(code, details)], true);
  stream.resume();
}

/** How a stream ends. */
export function statusTrailers(code: Status, details = ''): readonly HeaderField[] {
  const trailers: HeaderField[] = [['grpc-status', String(code)]];
  if (details !== '') trailers.push(['grpc-message', encodeURI(details)]);
  return trailers;
}

/** What a stream was ended for, by its trailers; `undefined` when it ended well or says nothing. */
export function failureOf(trailers: readonly HeaderField[]): Error | undefined {
  const code = valueOf(trailers, 'grpc-status');
  if (code === undefined || code === String(status.ok)) return undefined;
  return new Error(`${decodeURI(valueOf(trailers, 'grpc-message') ?? '')} (gRPC status ${code})`);
}
