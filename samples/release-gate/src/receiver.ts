import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** Stands in for the system that keeps the evidence of releases. */
export interface EvidenceReceiver extends AsyncDisposable {
  readonly url: string;
}

/** Starts a receiver on this machine, on a free port. It names what it gets by its SHA-256. */
export async function startEvidenceReceiver(): Promise<EvidenceReceiver> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  return {
    url: `http://127.0.0.1:${port}/evidence`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isEvidence = request.method === 'POST' && request.url === '/evidence';
  const id = createHash('sha256')
    .update(await buffer(request))
    .digest('hex');
  response.writeHead(isEvidence ? 201 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isEvidence ? { id } : {}));
}
