import { expect, it, jest } from '@jest/globals';
import { eventually, findGroups, findProcessesOf, readUid } from './processes.ts';
import { buildProgram } from './raw-system-call.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

jest.setTimeout(60_000);

const stayAlive = 'await new Promise(() => setInterval(() => {}, 1e6));';

describeAsRoot('the limits of a process under isolation', () => {
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

  it('count the memory of temporary files and of children', async () => {
    await using files = await startStandIn({
      limits: { memoryLimitMiB: 96, temporarySpaceMiB: 4096 },
      script: `for (let file = 0; ; file += 1) require('node:fs').writeFileSync('/tmp/' + file, Buffer.alloc(4 << 20, 1));`,
    });
    expect(await files.exit()).toMatchObject({ memoryLimitHit: true });

    // Version 2 of control groups ends them all, version 1 the child alone.
    await using children = await startStandIn({
      limits: { memoryLimitMiB: 96 },
      script: `require('node:child_process').spawnSync('/runtime/node',
          ['-e', 'const hoard = []; for (;;) hoard.push(Buffer.alloc(4 << 20, 1))']);`,
    });
    expect(await children.exit()).toMatchObject({ memoryLimitHit: true });
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

  const onX64 = process.arch === 'x64' ? it : it.skip;
  onX64('hold a fork bomb at the number of processes, and kill it whole', async () => {
    await using standIn = await startStandIn({
      limits: { maxProcesses: 32, cpuLimitCores: 0.5 },
      files: { bomb: buildProgram('forkBomb') },
      script: `require('node:child_process').spawn('/plugin/bomb'); await report('lit'); ${stayAlive}`,
    });
    await standIn.process.applyCpuLimit();
    const uid = await readUid(standIn.process.pid);
    await standIn.report();
    await eventually(async () => (await findProcessesOf(uid)).length > 16, 'the bomb went off');
    for (let look = 0; look < 20; look += 1)
      expect((await findProcessesOf(uid)).length).toBeLessThanOrEqual(32);
    await standIn.process.kill();
    expect(await findProcessesOf(uid)).toEqual([]);
    expect(await standIn.exit()).toMatchObject({
      signal: 'SIGKILL',
      processLimitHit: true,
      leftBehind: undefined,
    });
  });

  it('bound processor time once they are applied', async () => {
    await using standIn = await startStandIn({
      limits: { cpuLimitCores: 0.2 },
      script: `await report('up');
        const [start, before] = [process.hrtime.bigint(), process.cpuUsage()];
        while (process.hrtime.bigint() - start < 1_500_000_000n);
        const { user, system } = process.cpuUsage(before);
        await report((user + system) / Number((process.hrtime.bigint() - start) / 1000n));`,
    });
    await standIn.process.applyCpuLimit();
    await standIn.report();
    expect(await standIn.report()).toBeLessThan(0.3);
  });

  it('bound open files and the size of a file', async () => {
    await using standIn = await startStandIn({
      limits: { maxOpenFiles: 100, fileSizeLimitMiB: 1 },
      script: `const fs = require('node:fs'); const seen = {};
        try { fs.writeFileSync('/tmp/x', Buffer.alloc(2 << 20)); } catch (error) { seen.size = error.code; }
        seen.written = fs.statSync('/tmp/x').size;
        try { for (let count = 0; ; count += 1) fs.openSync('/dev/null'); } catch (error) { seen.open = error.code; }
        await report(seen);`,
    });
    expect(await standIn.report()).toEqual({ size: 'EFBIG', written: 1 << 20, open: 'EMFILE' });
  });
});

describeAsRoot('killing a process under isolation', () => {
  it('leaves no process and no control group, also of children that it let go', async () => {
    await using standIn = await startStandIn({
      script: `for (let count = 0; count < 3; count += 1)
          require('node:child_process').spawn('/runtime/node', ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6)'],
            { detached: true, stdio: 'ignore' }).unref();
        await report('up'); ${stayAlive}`,
    });
    await standIn.report();
    const uid = await readUid(standIn.process.pid);
    expect((await findProcessesOf(uid)).length).toBeGreaterThanOrEqual(6);
    expect((await findGroups(`.${process.pid}.`)).length).toBeGreaterThan(0);
    await standIn.process.kill();
    expect(await findProcessesOf(uid)).toEqual([]);
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

describeAsRoot('the end of a process under isolation', () => {
  it('takes along what it started and did not wait for', async () => {
    await using standIn = await startStandIn({
      script: `require('node:child_process').spawn('/runtime/node', ['-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' }).unref();
        await report('up');`,
    });
    const uid = await readUid(standIn.process.pid);
    await standIn.report();
    expect(await standIn.exit()).toMatchObject({ code: 0, leftBehind: undefined });
    expect(await findProcessesOf(uid)).toEqual([]);
    expect(await findGroups(`.${process.pid}.`)).toEqual([]);
  });
});
