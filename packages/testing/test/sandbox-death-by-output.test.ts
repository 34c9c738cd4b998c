import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { acrobatId, otherId, packAcrobat, startBeside, statusOf, untilFailed } from './acrobat-host.ts';
import { Acrobat } from './plugins/acrobat.ts';

const acrobat = packAcrobat();
afterAll(async () => (await acrobat)[Symbol.asyncDispose]());

describe('a plugin that floods its output', () => {
  it('waits for the host, which reads and logs no more than it may, and counts every line', async () => {
    const limits = { outputKiBPerSecond: 64, logLinesPerSecond: 10 };
    await using running = await startBeside((await acrobat).directory, { limits, required: [acrobatId] });
    const { host, logger } = running;
    const printed = () => logger.lines.filter(({ message }) => message.startsWith('xxx')).length;
    const flood = host.resolve(Acrobat).print(16_000); // a GiB
    flood.catch(() => undefined);
    while (printed() === 0) await setImmediate();

    process.kill(statusOf(host, acrobatId).processId ?? 0, 'SIGKILL');
    await expect(flood).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
    const { crash } = await untilFailed(running, acrobatId);
    expect(crash?.lastLines).toHaveLength(20);
    const dropped = logger.lines.reduce((sum, { fields }) => sum + Number(fields['dropped'] ?? 0), 0);
    // A second's worth, and what the pipes and one chunk hold: lines of one KiB.
    expect(printed() + dropped).toBeGreaterThanOrEqual(64);
    expect(printed() + dropped).toBeLessThan(2048);
    expect(printed()).toBeLessThan(100);
    expect(host.isActive(otherId)).toBe(true);
  });

  it('is found as unresponsive while it does nothing but print', async () => {
    await using running = await startBeside((await acrobat).directory, {
      limits: { outputKiBPerSecond: 64 },
      timeouts: { heartbeatTimeoutMs: 1000 },
      required: [acrobatId],
    });
    await expect(running.host.resolve(Acrobat).print(16_000)).rejects.toMatchObject({
      code: 'SANDBOX_UNRESPONSIVE',
    });
    expect(statusOf(running.host, acrobatId).crash).toMatchObject({ cause: 'unresponsive' });
  });

  it('has every line logged when it prints within its rate', async () => {
    await using running = await startBeside((await acrobat).directory, { required: [acrobatId] });
    const { host, logger } = running;
    await host.resolve(Acrobat).print(2);
    const printed = () => logger.lines.filter(({ message }) => message.startsWith('xxx')).length;
    while (printed() < 128) await setImmediate();
    expect(printed()).toBe(128);
  });
});
