/** A process that calls another one by grpc-js as its documentation shows it: a unary call for each call. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, makeClientConstructor, type Client } from '@grpc/grpc-js';
import { echoMeasurements, type Echo } from './echo-measurements.ts';
import { channelOptions, echoService } from './grpc-echo-service.ts';
import { serveMeasurements } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'));
const path = join(folder, 'socket');
const far = fork(new URL('./grpc-echo.ts', import.meta.url), [path]);
try {
  await once(far, 'message');
  const EchoClient = makeClientConstructor(echoService, 'bench.Echo');
  const client = new EchoClient(`unix:${path}`, credentials.createInsecure(), channelOptions);
  await serveMeasurements(echoMeasurements(openEcho(client)));
  client.close();
} finally {
  far.kill();
  rmSync(folder, { recursive: true, force: true });
}

function openEcho(client: Client): Echo {
  const { call, upload, download } = echoService;
  const send = (message: Buffer): Promise<unknown> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        call.path,
        call.requestSerialize,
        call.responseDeserialize,
        message,
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
    });
  return {
    bytes: send,
    upload: async (itemBytes, goesOn) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const { path: method, requestSerialize, responseDeserialize } = upload;
      const stream = client.makeClientStreamRequest(
        method,
        requestSerialize,
        responseDeserialize,
        (error, total) => (error ? reject(error) : resolve(Number(String(total)))),
      );
      const item = Buffer.alloc(itemBytes);
      for (let sent = 0; goesOn(sent); sent += itemBytes)
        if (!stream.write(item)) await once(stream, 'drain');
      stream.end();
      return promise;
    },
    download: async (itemBytes, goesOn) => {
      const { path: method, requestSerialize, responseDeserialize } = download;
      const size = Buffer.from(String(itemBytes));
      const stream = client.makeServerStreamRequest(method, requestSerialize, responseDeserialize, size);
      stream.on('error', () => undefined); // that it was cancelled
      let received = 0;
      for await (const item of stream) {
        received += (item as Buffer).byteLength; // as it is deserialized
        if (!goesOn(received)) break;
      }
      stream.cancel();
      return received;
    },
  };
}
