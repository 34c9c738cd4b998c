/** The far end of grpc-js: its first argument is where it listens. */
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { channelOptions, echoService } from './grpc-echo-service.ts';

const server = new Server(channelOptions);
server.addService(echoService, {
  call: ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
    answer(null, request),
  upload: (stream: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
    let received = 0;
    stream.on('data', (item: Buffer) => (received += item.byteLength));
    stream.on('end', () => answer(null, Buffer.from(String(received))));
  },
  download: (stream: ServerWritableStream<Buffer, Buffer>) => {
    const item = Buffer.alloc(Number(String(stream.request)));
    const fill = (): void => {
      while (!stream.cancelled && stream.write(item));
    };
    stream.on('drain', fill);
    fill();
  },
});
server.bindAsync(`unix:${process.argv[2]}`, ServerCredentials.createInsecure(), () =>
  process.send?.('listening'),
);
process.once('disconnect', () => process.exit());
