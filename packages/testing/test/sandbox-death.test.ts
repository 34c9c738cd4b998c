import { afterAll, describe, expect, it } from '@jest/globals';
import { isPluginError } from '@stellaops/plugin-abstractions';
import { acrobatId, otherId, packAcrobat, startBeside, statusOf, untilFailed } from './acrobat-host.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { familyOf, isRunning } from './processes.ts';

const acrobat = packAcrobat();
afterAll(async () => (await acrobat)[Symbol.asyncDispose]());

const exited = 'SANDBOX_EXITED';
const limited = 'SANDBOX_LIMIT_EXCEEDED';
const violation = 'SANDBOX_PROTOCOL_VIOLATION';
const silent = { timeouts: { heartbeatTimeoutMs: 1000 } };
const starvedMs = 5000;

describe('a plugin that dies in mid-call', () => {
  it.each([
    ['exits', 'exit', exited, 'crashed', 'exited with code 7', {}],
    ['throws where nobody catches', 'throw', exited, 'crashed', 'exited with code 1', {}],
    ['aborts', 'abort', exited, 'crashed', 'ended by SIGABRT', {}],
    ['makes a fault', 'fault', exited, 'crashed', 'ended by SIGSEGV', {}],
    [
      'takes more memory than it may',
      'hog',
      limited,
      'memoryLimit',
      'memory limit of 96 MiB',
      { limits: { memoryLimitMiB: 96 } },
    ],
    [
      'fills the heap of V8',
      'hoard',
      limited,
      'memoryLimit',
      'limit of the V8 heap, which is a part of its memory limit of 256 MiB',
      { limits: { memoryLimitMiB: 256 } },
    ],
    [
      'starts more threads than it may',
      'crowd',
      limited,
      'processLimit',
      'limit of 24 processes and threads',
      { limits: { maxProcesses: 24 } },
    ],
    ['never yields', 'spin', 'SANDBOX_UNRESPONSIVE', 'unresponsive', 'no sign of life for 1000 ms', silent],
    ['breaks the protocol', 'garble', violation, 'protocolViolation', 'broke HTTP/2', {}],
    ['hangs up', 'hang up', violation, 'protocolViolation', 'closed its connection and went on', {}],
  ] as const)(
    'fails with the reason when it %s, and leaves the others at work',
    async (_, way, code, cause, reason, options) => {
      await using running = await startBeside((await acrobat).directory, {
        required: [acrobatId],
        ...options,
      });
      const { host, logger } = running;
      const { processId } = statusOf(host, acrobatId);
      const error: unknown = await host
        .resolve(Acrobat)
        .die(way)
        .catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code, message: expect.stringContaining(reason) });
      const { state, error: known, crash } = statusOf(host, acrobatId);
      expect({ state, code: known?.code }).toEqual({ state: 'failed', code });
      expect(crash).toMatchObject({
        cause,
        problem: expect.stringContaining(reason),
        lastLines: expect.arrayContaining([
          expect.stringMatching(/drum roll|1: abort|node::OOMErrorHandler/),
        ]),
        callsInFlightCount: 1,
        callsInFlight: [{ direction: 'toPlugin', capability: 'Acrobat v1', method: 'die' }],
        peakMemoryMiB: expect.any(Number),
        cpuMs: expect.any(Number),
      });
      expect(await isRunning(processId)).toBe(false);
      expect(() => host.resolve(Acrobat)).toThrow(/test.acrobat is in failed/);
      expect(host.isActive(otherId)).toBe(true);
      expect(await untilFailed(running, acrobatId)).toMatchObject({ event: 'plugin.failed', code, crash });
      expect(logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
        { fields: { pluginId: acrobatId, code, crash } },
      ]);
    },
  );

  it('is said to be starved or unresponsive, as the kernel counted, when it never yields at a tenth of a processor', async () => {
    await using running = await startBeside((await acrobat).directory, {
      timeouts: { heartbeatTimeoutMs: starvedMs },
      limits: { cpuLimitCores: 0.1 },
      required: [acrobatId],
    });
    const { host } = running;
    const error: unknown = await host
      .resolve(Acrobat)
      .die('spin')
      .catch((thrown: unknown) => thrown);
    const { cause, problem, throttledMs = 0 } = statusOf(host, acrobatId).crash ?? {};
    // On a busy machine others may have held it back more than its limit did.
    const isStarved = throttledMs >= 0.375 * starvedMs && cause !== 'unresponsive';
    const code = isStarved ? limited : 'SANDBOX_UNRESPONSIVE';
    expect({ cause, error }).toMatchObject({
      cause: isStarved ? 'cpuStarvation' : 'unresponsive',
      error: { code },
    });
    expect(problem?.includes('held back at its limit of 0.1 processor cores')).toBe(isStarved);
    expect(throttledMs).toBeGreaterThan(0);
  });

  it('ends a stream with the reason, after the items that came', async () => {
    await using running = await startBeside((await acrobat).directory);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of running.host.resolve(Acrobat).dieAfter(3)) seen.push(item);
    })();
    const error: unknown = await reading.catch((thrown: unknown) => thrown);
    expect(isPluginError(error, 'SANDBOX_EXITED')).toBe(true);
    expect(seen).toEqual([1, 2, 3].slice(0, seen.length));
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('is said to be killed from outside by %s', async (signal) => {
    await using running = await startBeside((await acrobat).directory);
    const { host } = running;
    const call = host.resolve(Acrobat).die('wait');
    await expect(host.resolve(Acrobat).ping(null)).resolves.toBe('pong');
    const [inside = 0] = (await familyOf(statusOf(host, acrobatId).processId ?? 0)).slice(-1);
    process.kill(inside, signal);
    const problem = `its process was ended by ${signal}, which the host did not send`;
    await expect(call).rejects.toMatchObject({ code: 'SANDBOX_EXITED', details: { problem } });
    expect(statusOf(host, acrobatId).crash).toMatchObject({ cause: 'killedFromOutside', problem });
    expect(statusOf(host, acrobatId).crash?.lastLines).toContain('the show begins');
  });

  it('starts anew at the next scan', async () => {
    await using running = await startBeside((await acrobat).directory);
    const { host } = running;
    await host
      .resolve(Acrobat)
      .die('exit')
      .catch(() => undefined);
    await host.rescan();
    await expect(host.resolve(Acrobat).ping(null)).resolves.toBe('pong');
  });
});
