import { afterAll, describe, expect, it } from '@jest/globals';
import type { PluginError } from '@stellaops/plugin-abstractions';
import { startPluginHost, type PluginHost, type PluginHostOptions } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { implement } from '@stellaops/plugin-sdk';
import { createPluginPackage, recordingLogger } from '../src/index.ts';
import { statusOf } from './acrobat-host.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { Meeting, Twin } from './plugins/twin.ts';
import { isRunning, untilGone } from './processes.ts';
import { until } from './until.ts';

const id = 'test.twin';
const twin = bundlePlugin('./twin.ts').then((entry) =>
  createPluginPackage({
    manifest: { id, provides: [Twin], requires: [Meeting] },
    files: { 'dist/plugin.js': entry },
  }),
);
afterAll(async () => (await twin)[Symbol.asyncDispose]());

async function startTwins(options: PluginHostOptions = {}): Promise<PluginHost> {
  const sandbox = new ProcessSandbox();
  const pluginPaths = [(await twin).directory];
  return startPluginHost({ sandbox, pluginPaths, required: [id], logger: recordingLogger(), ...options });
}

const processesOf = (host: PluginHost): readonly number[] => statusOf(host, id).instances?.processIds ?? [];

/** Lets those that arrive go on when both have come. */
function meetingOfTwo() {
  const [arrived, complete] = [new Set<string>(), Promise.withResolvers<null>()];
  return implement(Meeting, {
    arrive: async (name) => {
      if (arrived.add(name).size === 2) complete.resolve(null);
      return complete.promise;
    },
  });
}

const outcomeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled' ? result.status : (result.reason as PluginError).code;

describe('two processes of one plugin', () => {
  it('work at calls at the same time', async () => {
    await using host = await startTwins({ instances: 2, services: [meetingOfTwo()] });
    const [one = 0, other = 0] = processesOf(host);
    expect(one).not.toBe(other);
    expect([await isRunning(one), await isRunning(other)]).toEqual([true, true]);
    const { meet } = host.resolve(Twin);
    const names = await Promise.all([meet(null), meet(null)]);
    expect(new Set(names).size).toBe(2);
    const states = Object.values(statusOf(host, id).isolation?.aspects ?? {}).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['enforced']));
  });

  it('answer on when one of them is killed, and it is replaced', async () => {
    const host = await startTwins({ instances: 2, restart: { firstDelayMs: 1 }, services: [meetingOfTwo()] });
    const [killed = 0, other = 0] = processesOf(host);
    process.kill(killed, 'SIGKILL');
    await until(() => !processesOf(host).includes(killed));
    await expect(host.resolve(Twin).who(null)).resolves.toEqual(expect.any(String));
    expect(statusOf(host, id)).toMatchObject({ state: 'active', crash: { cause: 'killedFromOutside' } });
    await until(() => processesOf(host).length === 2);
    expect(processesOf(host)).toContain(other);
    const { who } = host.resolve(Twin);
    expect(await who(null)).not.toBe(await who(null));
    expect(host.health().status).toBe('healthy');
    const left = processesOf(host);
    await host.stop();
    await untilGone(left);
  });
});

describe('three processes of one plugin', () => {
  it('answer every call that one of them had not been given when it was killed', async () => {
    const [arrived, letGo] = [new Set<string>(), Promise.withResolvers<null>()];
    const meeting = implement(Meeting, {
      arrive: async (name) => {
        arrived.add(name);
        return letGo.promise;
      },
    });
    await using host = await startTwins({ instances: 3, calls: { maxConcurrent: 1 }, services: [meeting] });
    const { meet, who } = host.resolve(Twin);
    const held = Promise.allSettled([meet(null), meet(null), meet(null)]);
    await until(() => arrived.size === 3);
    const waiting = Promise.allSettled(Array.from({ length: 9 }, () => who(null)));
    const [killed = 0] = processesOf(host);
    process.kill(killed, 'SIGKILL');
    await until(() => !processesOf(host).includes(killed));
    letGo.resolve(null);
    expect((await held).map(outcomeOf).toSorted()).toEqual(['SANDBOX_EXITED', 'fulfilled', 'fulfilled']);
    expect((await waiting).map(outcomeOf)).toEqual(Array.from({ length: 9 }, () => 'fulfilled'));
  });
});

describe('what a sandbox uses', () => {
  it('is what its control group counts, and what went over its wire', async () => {
    await using host = await startTwins();
    const before = (await host.inspect()).plugins[0]?.usage;
    const { echo, compute } = host.resolve(Twin);
    await compute(50);
    const text = 'x'.repeat(100_000);
    for (let call = 0; call < 3; call++) await echo(text);
    const after = (await host.inspect()).plugins[0]?.usage;
    const grown = (name: 'cpuMs' | 'sentBytes' | 'receivedBytes'): number =>
      (after?.[name] ?? NaN) - (before?.[name] ?? NaN);
    expect(grown('cpuMs')).toBeGreaterThanOrEqual(50);
    for (const name of ['sentBytes', 'receivedBytes'] as const) {
      expect(grown(name)).toBeGreaterThan(3 * text.length);
      expect(grown(name)).toBeLessThan(3 * text.length + 20_000);
    }
    expect(after?.memoryBytes).toBeGreaterThan(10 * 2 ** 20);
    expect(after?.memoryBytes).toBeLessThan(256 * 2 ** 20);
  });

  it('is counted of two of them together', async () => {
    await using host = await startTwins({ instances: 2 });
    const before = (await host.inspect()).plugins[0]?.usage?.sentBytes ?? NaN;
    const { echo } = host.resolve(Twin);
    const text = 'x'.repeat(100_000);
    await Promise.all([echo(text), echo(text)]);
    const after = (await host.inspect()).plugins[0]?.usage?.sentBytes ?? NaN;
    expect(after - before).toBeGreaterThan(2 * text.length);
  });
});
