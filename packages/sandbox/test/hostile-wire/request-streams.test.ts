import { describe, expect, it } from '@jest/globals';
import { defineCapability, implement, type ImplementationDirectory } from '@stellaops/plugin-abstractions';
import type { Item } from '../../src/wire/connection.ts';
import { call, HostileRunner } from './hostile-runner.ts';
import { batch } from './raw-stream.ts';
import { serveVault } from './vault.ts';
import { openWireHost } from './wire-host.ts';

const desk = defineCapability({
  id: 'Desk',
  version: 1,
  methods: { upload: { requestStream: {}, response: {} } },
});

/** A service that counts what it is sent, one item at first and the others when it is let; and the vault. */
function slowDesk(): { readonly services: ImplementationDirectory; readonly goOn: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const implementation = implement(desk, {
    upload: async (items) => {
      let count = 0;
      for await (const item of items) {
        if (item !== undefined) count++;
        await promise;
      }
      return count;
    },
  });
  const { services } = serveVault();
  return {
    services: { find: (identity) => (identity.id === desk.id ? implementation : services.find(identity)) },
    goOn: resolve,
  };
}

const text = 'x'.repeat(100_000);
const value: Item = { $case: 'value', value: { json: JSON.stringify(text), attachments: [] } };
const end: Item = { $case: 'end', value: {} };

describe('the items of a request', () => {
  it('stay with the runner while a service of the host takes none, and nothing else waits for them', async () => {
    const { services, goOn } = slowDesk();
    await using host = await openWireHost({ services });
    using runner = await HostileRunner.greet(host.path);
    const stream = runner.transfer(false, 1);
    runner.attach.say(call(1, { capability: 'Desk', method: 'upload', streamsRequest: true }));
    for (let sent = 0; sent < 200; sent++) stream.send(batch(value));
    await runner.prove();
    await runner.prove();
    expect(stream.http.writableLength).toBeGreaterThan(18_000_000);
    stream.send(batch(end));
    goOn();
    const [answer] = await stream.items();
    expect(answer).toMatchObject({ $case: 'value', value: { json: '200' } });
  });

  it('stay there likewise while those of many streams wait, and in the end all arrive', async () => {
    const { services, goOn } = slowDesk();
    const limits = { jsonLimitBytes: 1024, bytesLimitBytes: 1024 * 1024 };
    await using host = await openWireHost({ services, limits });
    using runner = await HostileRunner.greet(host.path);
    const attachments = [{ pointer: '/0', data: Buffer.alloc(1024 * 1024) }];
    const large = batch({ $case: 'value', value: { json: '[null]', attachments } });
    const streams = Array.from({ length: 150 }, (_, index) => {
      const stream = runner.transfer(false, index + 1);
      runner.attach.say(call(index + 1, { capability: 'Desk', method: 'upload', streamsRequest: true }));
      return stream;
    });
    await runner.prove(); // each call has met its stream
    for (const stream of streams) for (const bytes of [large, large, batch(end)]) stream.send(bytes);
    const unsent = (): number => streams.reduce((sum, { http }) => sum + http.writableLength, 0);
    for (let seen = -1; seen !== unsent();) {
      seen = unsent();
      for (let turn = 0; turn < 10; turn++) await runner.prove();
    }
    expect(unsent()).toBeGreaterThan(40 * 1024 * 1024);
    goOn();
    for (const stream of streams) {
      const [answer] = await stream.items();
      expect(answer).toMatchObject({ $case: 'value', value: { json: '2' } });
    }
  });

  it('are produced no further than the runner reads, and no more when it breaks off', async () => {
    let produced = 0;
    const left = Promise.withResolvers<string>();
    async function* produce(): AsyncGenerator<string> {
      try {
        for (;;) yield await Promise.resolve(`${produced++}${'x'.repeat(1000)}`);
      } finally {
        left.resolve('left');
      }
    }
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const uploaded = (await host.session).api(desk).upload(produce());
    const { value: asked } = await runner.attach.heard('call');
    const stream = runner.transfer(true, asked.id);
    stream.http.pause();
    for (let turn = 0; turn < 20; turn++) await runner.prove();
    const producedAtFirst = produced;
    expect(producedAtFirst).toBeGreaterThan(0);
    expect(producedAtFirst).toBeLessThan(1000);
    for (let turn = 0; turn < 20; turn++) await runner.prove();
    expect(produced).toBe(producedAtFirst);
    stream.http.close();
    await expect(uploaded).rejects.toMatchObject({ code: 'CALL_FAILED' });
    expect(await left.promise).toBe('left');
  });
});
