import { constants } from 'node:http2';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from '@jest/globals';
import { isPluginError } from '@stellaops/plugin-abstractions';
import type { Item } from '../../src/wire/connection.ts';
import { violationOf } from './violation.ts';
import { call, cancel, HostileRunner } from './hostile-runner.ts';
import { batch, framed, message, prefix } from './raw-stream.ts';
import { vault } from './vault.ts';
import { openWireHost } from './wire-host.ts';

const mebibyte = 1024 * 1024;

/** Does something, and tells for how long the event loop was held up at most. */
async function longestDelayMs(work: () => Promise<void>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  try {
    await work();
  } finally {
    histogram.disable();
  }
  return histogram.max / 1e6;
}

describe('a flood', () => {
  it('of eight million empty frames in one message holds up nobody', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const bytes = framed(Buffer.alloc(2 * 8_000_000, Buffer.from([0x0a, 0])));
    const delayMs = await longestDelayMs(async () => {
      runner.attach.send(bytes);
      await runner.prove();
    });
    expect(delayMs).toBeLessThan(1000);
  });

  it('of calls that nobody declared is answered in turns, and another plugin is served meanwhile', async () => {
    await using host = await openWireHost();
    await using other = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    using good = await HostileRunner.greet(other.path);
    const calls = message(
      ...Array.from({ length: 30_000 }, (_, index) => call(index + 1, { capability: 'X' })),
    );
    let servedOthers = 0;
    const delayMs = await longestDelayMs(async () => {
      runner.attach.send(calls);
      const progress = { isOver: false };
      const over = runner.prove().then(() => (progress.isOver = true));
      while (!progress.isOver) {
        await good.prove();
        servedOthers++;
      }
      await over;
    });
    expect(delayMs).toBeLessThan(1000);
    expect(servedOthers).toBeGreaterThan(10);
  });

  it('of empty items on the stream of a call is read as fast as its consumer reads', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const items = (await host.session).api(vault).count({ to: 1 })[Symbol.asyncIterator]();
    const first = items.next();
    const { value: asked } = await runner.attach.heard('call');
    const stream = runner.transfer(true, asked.id);
    const one: Item = { $case: 'value', value: { json: '1', attachments: [] } };
    stream.send(framed(Buffer.alloc(2 * 8_000_000, Buffer.from([0x0a, 0]))));
    stream.send(batch(one));
    const delayMs = await longestDelayMs(async () => {
      expect(await first).toEqual({ done: false, value: 1 });
    });
    expect(delayMs).toBeLessThan(1000);
    await items.return?.(undefined);
  });

  it('of messages that are never finished ends the sandbox; a few are in order', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const unfinished = Buffer.concat([prefix(16 * mebibyte), Buffer.alloc(16 * mebibyte - 1)]);
    for (let stream = 0; stream < 3; stream++) runner.open('Transfer').send(unfinished);
    await runner.prove();
    for (let stream = 0; stream < 9; stream++) runner.open('Transfer').send(unfinished);
    expect(await violationOf(host)).toContain('bytes of messages unfinished');
  });

  it('of claims to send much costs nothing until something comes', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    for (let stream = 0; stream < 1000; stream++) runner.open('Transfer').send(prefix(17 * mebibyte));
    await runner.prove();
    expect(host.served.echoed).toHaveLength(1);
  });
});

describe('requests that are served for long', () => {
  it('are refused beyond what a host keeps for a plugin, until others have ended; small ones are not', async () => {
    await using host = await openWireHost({ limits: { jsonLimitBytes: 100_000, bytesLimitBytes: 100_000 } });
    using runner = await HostileRunner.greet(host.path);
    const attachments = [{ pointer: '/0', data: Buffer.alloc(99_000) }];
    const request = { json: '[null]', attachments };
    for (let id = 1; id <= 40; id++) runner.attach.say(call(id, { method: 'hang', request }));
    const refused = {
      code: 'CALL_REFUSED',
      detailsJson: expect.stringContaining('messages.bytesLimitBytes'),
    };
    for (let id = 33; id <= 40; id++)
      expect(await runner.attach.heard('answer')).toMatchObject({
        value: { id, result: { value: refused } },
      });
    await runner.prove();
    for (let id = 1; id <= 32; id++) runner.attach.say(cancel(id, 'enough'));
    while (host.served.aborted.length < 32) await runner.prove();
    runner.attach.say(call(2_000_000, { method: 'hang', request }));
    runner.attach.say(call(2_000_001));
    const { value: answered } = await runner.attach.heard('answer');
    expect(answered).toMatchObject({ id: 2_000_001, result: { $case: 'response' } }); // and nothing said of the one before
  });

  it('keep their own data in memory, and not the message that brought it', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const request = { json: 'null', attachments: [{ pointer: '', data: Buffer.alloc(10_000) }] };
    const line = { level: 2 as const, message: 'x'.repeat(mebibyte), fieldsJson: '' };
    runner.attach.say(call(1, { request }), { $case: 'log', value: line });
    await runner.prove();
    const [data] = host.served.echoed as readonly Uint8Array[]; // as it was sent
    expect(data?.buffer.byteLength).toBeLessThan(100_000); // Node's pool
  });
});

describe('a runner that does not read', () => {
  it('is not read either, so that its calls do not pile up as answers', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const request = { json: JSON.stringify('x'.repeat(250_000)), attachments: [] };
    runner.attach.http.pause();
    for (let id = 1; id <= 100; id++) runner.attach.say(call(id, { request }));
    const before = async (): Promise<number> => {
      let seen = -1;
      while (seen !== host.served.echoed.length) {
        seen = host.served.echoed.length;
        for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
      }
      return seen;
    };
    expect(await before()).toBeLessThan(80);
    runner.attach.http.resume();
    await runner.prove();
    expect(host.served.echoed).toHaveLength(101);
  });

  it.each<[string, (runner: HostileRunner) => unknown]>([
    ['resets its stream', ({ attach }) => attach.http.close(constants.NGHTTP2_CANCEL)],
    ['leaves', ({ session }) => session.destroy()],
  ])('is over when it %s in the midst of answers and of calls', async (_, leave) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const request = { json: JSON.stringify('x'.repeat(60_000)), attachments: [] };
    runner.attach.http.pause();
    const calls = Array.from({ length: 100 }, (__, index) => call(index + 1, { request }));
    for (const each of calls) runner.attach.say(each);
    runner.attach.say(...Array.from({ length: 20_000 }, (__, index) => call(index + 101, { method: '?' })));
    while (host.served.echoed.length < 3) await new Promise(setImmediate);
    leave(runner);
    expect(isPluginError(await host.closed, 'SANDBOX_PROTOCOL_VIOLATION')).toBe(false);
  });

  it('is ended when the answers that it asked for exceed what a sandbox could take in', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(...Array.from({ length: 5 }, (_, index) => call(index + 1, { method: 'hold' })));
    await runner.prove();
    host.served.release();
    for (let id = 1; id <= 5; id++) await runner.attach.heard('answer');

    await using second = await openWireHost();
    using other = await HostileRunner.greet(second.path);
    other.attach.say(...Array.from({ length: 300 }, (_, index) => call(index + 1, { method: 'hold' })));
    await other.prove();
    other.attach.http.pause();
    second.served.release();
    expect(await violationOf(second)).toContain('bytes of answers that it had asked for');
  });

  it('does not make the host keep calls that were given up', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.http.pause();
    const api = (await host.session).api(vault);
    const controller = new AbortController();
    const { signal } = controller;
    const givenUp: Promise<unknown>[] = [];
    for (let count = 0; count < 200; count++) {
      givenUp.push(api.echo('x'.repeat(100_000), { signal }));
      await new Promise(setImmediate);
    }
    controller.abort(new Error('too slow'));
    await Promise.allSettled(givenUp);
    void api.echo('last').catch(() => undefined);
    runner.attach.http.resume();
    let heard = 0;
    for (;;) {
      const { value } = await runner.attach.heard('call');
      if (value.request?.json === '"last"') break;
      heard++;
    }
    expect(heard).toBeLessThan(100);
  });
});
