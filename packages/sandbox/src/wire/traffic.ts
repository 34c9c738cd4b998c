/** What went over one connection: the gRPC messages of all its streams, without what HTTP/2 adds. */
export class Traffic {
  sentBytes = 0;
  receivedBytes = 0;
}
