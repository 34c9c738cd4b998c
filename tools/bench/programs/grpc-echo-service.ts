import type { MethodDefinition } from '@grpc/grpc-js';

const asBuffer = (bytes: Buffer): Buffer => bytes;

function define(path: string, requestStream: boolean, responseStream: boolean) {
  return {
    path: `/bench.Echo/${path}`,
    requestStream,
    responseStream,
    requestSerialize: asBuffer,
    requestDeserialize: asBuffer,
    responseSerialize: asBuffer,
    responseDeserialize: asBuffer,
  } satisfies MethodDefinition<Buffer, Buffer>;
}

/** A service of gRPC whose messages are bytes that nobody reads. */
export const echoService = {
  call: define('Call', false, false),
  upload: define('Upload', true, false),
  download: define('Download', false, true),
};

/** Larger than what is measured; the default of 4 MiB would do as well. */
export const channelOptions = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 };
