import { expect, it } from '@jest/globals';
import { buildProgram } from '../hostile/raw/build-program.ts';
import { call } from '../hostile/raw/numbers.ts';
import { eventually, findGroups, findProcessesIn, readMark } from './processes.ts';
import { describeIsolated, startStandIn } from './stand-in.ts';

const stayAlive = 'await new Promise(() => setInterval(() => {}, 1e6));';

describeIsolated('the limits of a process under isolation', () => {
  it('end it when it takes more memory, and say that it was that', async () => {
    await using standIn = await startStandIn({
      limits: { memoryLimitMiB: 96 },
      script: 'const hoard = []; for (;;) hoard.push(Buffer.alloc(4 << 20, 1));',
    });
    const exit = await standIn.exit();
    expect(exit).toMatchObject({
      code: undefined,
      signal: 'SIGKILL',
      memoryLimitHit: true,
      processLimitHit: false,
    });
    expect(exit.peakMemoryMiB).toBeGreaterThan(80);
    expect(exit.peakMemoryMiB).toBeLessThanOrEqual(96);
  });

  it('do not blame memory for an end that was something else', async () => {
    await using standIn = await startStandIn({
      script: 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {})',
    });
    expect(await standIn.exit()).toMatchObject({
      signal: 'SIGKILL',
      memoryLimitHit: false,
      processLimitHit: false,
    });
  });

  it('bound the heap of V8 below the memory limit, so that it collects garbage in time', async () => {
    await using standIn = await startStandIn({
      limits: { memoryLimitMiB: 256 },
      script: 'await report(require("node:v8").getHeapStatistics().heap_size_limit >> 20)',
    });
    expect(await standIn.report()).toBeLessThan(256);
  });

  it('let a fork bomb be killed whole, and say that it was one', async () => {
    await using standIn = await startStandIn({
      limits: { maxProcesses: 32, cpuLimitCores: 0.5 },
      files: { bomb: buildProgram({ calls: [call('clone', 17n)], isEndless: true }) },
      script: `require('node:child_process').spawn('/plugin/bomb'); await report('lit'); ${stayAlive}`,
    });
    await standIn.process.applyCpuLimit();
    const mark = await readMark(standIn.process.pid);
    await standIn.report();
    await eventually(async () => (await findProcessesIn(mark)).length > 16, 'the bomb went off');
    await standIn.process.kill();
    expect(await findProcessesIn(mark)).toEqual([]);
    expect(await standIn.exit()).toMatchObject({
      signal: 'SIGKILL',
      processLimitHit: true,
      leftBehind: undefined,
    });
  });
});

describeIsolated('killing a process under isolation', () => {
  it('leaves no process and no control group, also of children that it let go', async () => {
    await using standIn = await startStandIn({
      script: `for (let count = 0; count < 3; count += 1)
          require('node:child_process').spawn('/runtime/node', ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6)'],
            { detached: true, stdio: 'ignore' }).unref();
        await report('up'); ${stayAlive}`,
    });
    await standIn.report();
    const mark = await readMark(standIn.process.pid);
    expect((await findProcessesIn(mark)).length).toBeGreaterThanOrEqual(6);
    expect((await findGroups(`.${process.pid}.`)).length).toBeGreaterThan(0);
    await standIn.process.kill();
    expect(await findProcessesIn(mark)).toEqual([]);
    expect(await findGroups(`.${process.pid}.`)).toEqual([]);
    expect(await standIn.exit()).toMatchObject({
      signal: 'SIGKILL',
      memoryLimitHit: false,
      leftBehind: undefined,
    });
  });

  it('may be done twice at once, and after the end', async () => {
    await using standIn = await startStandIn({ script: stayAlive });
    await Promise.all([standIn.process.kill(), standIn.process.kill()]);
    await standIn.process.kill();
    await standIn.process.applyCpuLimit();
    expect(await standIn.exit()).toMatchObject({ signal: 'SIGKILL' });
  });

  it('is quick although it has a twentieth of a processor', async () => {
    await using standIn = await startStandIn({
      limits: { cpuLimitCores: 0.05 },
      script: `for (let count = 0; count < 3; count += 1) require('node:child_process').spawn('/runtime/node', ['-e', 'for(;;);']);
        await report('up'); for (;;);`,
    });
    await standIn.report();
    await standIn.process.applyCpuLimit();
    const start = performance.now();
    await standIn.process.kill();
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describeIsolated('the end of a process under isolation', () => {
  it('takes along what it started and did not wait for', async () => {
    await using standIn = await startStandIn({
      script: `require('node:child_process').spawn('/runtime/node', ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' }).unref();
        await report('up');`,
    });
    const mark = await readMark(standIn.process.pid);
    await standIn.report();
    expect(await standIn.exit()).toMatchObject({ code: 0, leftBehind: undefined });
    expect(await findProcessesIn(mark)).toEqual([]);
    expect(await findGroups(`.${process.pid}.`)).toEqual([]);
  });
});
