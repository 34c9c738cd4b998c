import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dialHost } from '../../src/wire/grpc-runner.ts';
import type { HostFrame } from '../../src/wire/connection.ts';
import { call, hello } from '../hostile-wire/hostile-runner.ts';
import { vault } from '../hostile-wire/vault.ts';
import { openWireHost } from '../hostile-wire/wire-host.ts';
import { itemsOf } from './items-of.ts';
import { dialForeign, entriesOf, listenForeign, type ForeignStream, type Loose } from './foreign-service.ts';

/** Serves the vault by the proto alone: what it is called with it answers, counts to three, and sums what comes. */
async function serveVault(client: ReturnType<typeof dialForeign>, attach: ForeignStream, seen: Loose[]) {
  for await (const frame of entriesOf(attach, 'frames')) {
    seen.push(frame);
    const { id, method, request } = (frame['call'] ?? {}) as Loose;
    if (method === 'echo') attach.write({ frames: [{ answer: { id, response: request } }] });
    if (method !== 'count' && method !== 'sum') continue;
    const transfer = client.transfer();
    transfer.write({ items: [{ opening: { calledByHost: true, id } }] });
    if (method === 'count')
      for (const json of ['1', '2', '3']) transfer.write({ items: [{ value: { json } }] });
    else void sum(transfer);
    if (method === 'count') transfer.write({ items: [{ end: {} }] });
  }
}

async function sum(transfer: ForeignStream): Promise<void> {
  let total = 0;
  for await (const item of entriesOf(transfer, 'items')) {
    if (item['end']) transfer.write({ items: [{ value: { json: String(total) } }, { end: {} }] });
    else total += Number((item['value'] as Loose)['json']);
  }
}

describe('a runner that was written from the proto alone, over grpc-js', () => {
  it('greets, answers calls, streams both ways, and calls its host', async () => {
    await using host = await openWireHost();
    const client = dialForeign(host.path);
    const attach = client.attach();
    const seen: Loose[] = [];
    attach.write({ frames: [{ hello }] });
    const serving = serveVault(client, attach, seen);
    const session = await host.session;
    await session.greeted;
    const api = session.api(vault);
    expect(await api.echo({ word: 'häß' })).toEqual({ word: 'häß' });
    expect(await Array.fromAsync(api.count({ to: 3 }))).toEqual([1, 2, 3]);
    async function* numbers() {
      yield* [20, 22];
    }
    expect(await api.sum(numbers())).toBe(42);
    // It did not say that it takes them otherwise.
    const large = 'x'.repeat(500_000);
    expect(await api.echo(large)).toBe(large);

    attach.write({ frames: [{ call: call(1).value }] });
    while (!seen.some(({ answer }) => answer)) await api.echo('again');
    expect(seen.find(({ answer }) => answer)).toMatchObject({ answer: { id: 1, response: { json: '1' } } });
    expect(seen[0]).toMatchObject({ hello: { protocol: 1, features: [] } });
    attach.end();
    await serving;
    expect(await host.closed).toBeUndefined();
    client.close();
  });
});

describe('our runner, with a host that is made of grpc-js', () => {
  it('says its frames and hears those of the host, on Attach and on a Transfer', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stella-test-'));
    const path = join(directory, 's');
    const heard: Loose[] = [];
    using _ = await listenForeign(path, {
      attach: (stream) => {
        stream.on('data', ({ frames }: { readonly frames: readonly Loose[] }) => {
          heard.push(...frames);
          stream.write({ frames: [{ call: call(7, { streamsResponse: true }).value }] });
        });
        stream.on('end', () => stream.end());
      },
      transfer: (stream) => {
        void (async () => {
          for await (const item of entriesOf(stream, 'items')) {
            stream.write({ items: [item] });
            if (item['end']) stream.end();
          }
        })().catch(() => undefined); // cut off when the runner leaves
      },
    });
    const runner = dialHost(path);
    const asked = new Promise<HostFrame>((resolve) => runner.receive(resolve));
    runner.send({ $case: 'hello', value: { ...hello, observations: [] } });
    expect(await asked).toMatchObject({ $case: 'call', value: { id: 7, method: 'echo' } });

    const channel = await runner.channel({ calledByHost: true, id: 7 }, AbortSignal.any([]));
    const data = Buffer.alloc(3_000_000, 'abc');
    await channel.write({
      $case: 'value',
      value: { json: '[null]', attachments: [{ pointer: '/0', data }] },
    });
    await channel.write({ $case: 'end', value: {} });
    const [opening, value, end] = await Array.fromAsync(itemsOf(channel));
    expect(opening).toEqual({ $case: 'opening', value: { calledByHost: true, id: 7 } });
    expect(end).toEqual({ $case: 'end', value: {} });
    const [attachment] = value?.$case === 'value' ? value.value.attachments : [];
    expect(Buffer.from(attachment?.data ?? []).equals(data)).toBe(true);
    runner.close();
    expect(await runner.closed).toBeUndefined();
    expect(heard).toHaveLength(1);
    await rm(directory, { recursive: true });
  });
});
