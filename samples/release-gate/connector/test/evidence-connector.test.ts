import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { CanConnect, type Evidence } from '@stellaops-samples/release-gate-contracts';
import { startTestHost, testManifest } from '@stellaops/plugin-testing';
import { plugin } from '../src/plugin.ts';

const manifest = testManifest({ id: 'stellaops.evidence-connector', provides: [CanConnect] });

const evidence: Evidence = {
  lockfile: { name: 'pnpm-lock.yaml', sha256: 'a'.repeat(64) },
  judgedAt: '2026-01-01T00:00:00.000Z',
  componentCount: 1,
  verdict: { outcome: 'pass', violations: [] },
};

interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Promise<unknown>[];
}

async function startReceiver(status: number, answer: string): Promise<Receiver> {
  const received: Promise<unknown>[] = [];
  const server = createServer((request, response) => {
    request.on('end', () => response.writeHead(status).end(answer));
    received.push(text(request).then((body): unknown => JSON.parse(body)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const startHost = (url: string) =>
  startTestHost({
    plugins: [{ manifest, plugin }],
    trustLevel: 'trusted',
    config: { [manifest.id]: { url } },
  });

describe('the evidence connector', () => {
  it('delivers the evidence as it is, and brings the receipt', async () => {
    await using receiver = await startReceiver(201, '{ "id": "receipt-1" }');
    await using host = await startHost(receiver.url);

    expect(await host.resolve(CanConnect).deliver(evidence)).toEqual({ url: receiver.url, id: 'receipt-1' });
    expect(await Promise.all(receiver.received)).toEqual([evidence]);
  });

  it.each([
    ['a refusal', 403, '{}', 'answered 403 Forbidden'],
    ['an answer without a receipt', 200, '{}', 'named no receipt'],
    ['an answer that is no JSON', 200, '<html>', 'not valid JSON'],
  ])('fails the call on %s', async (_, status, answer, problem) => {
    await using receiver = await startReceiver(status, answer);
    await using host = await startHost(receiver.url);

    await expect(host.resolve(CanConnect).deliver(evidence)).rejects.toMatchObject({
      code: 'CALL_FAILED',
      message: expect.stringContaining(problem),
    });
  });

  it('gives up when its caller does', async () => {
    await using receiver = await startReceiver(201, '{}');
    await using host = await startHost(receiver.url);

    const call = host.resolve(CanConnect).deliver(evidence, { signal: AbortSignal.abort() });

    await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
  });

  it.each(['', 'not a url', 'file:///etc/passwd'])('does not start with the address %j', async (url) => {
    await expect(startHost(url)).rejects.toThrow('/url');
  });
});
