import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { defaultMessageLimits, defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { NoControlGroups } from '../../src/isolation/cgroups/no-control-groups.ts';
import type { ControlGroup } from '../../src/isolation/cgroups/control-group.ts';
import { trySandbox } from '../../src/isolation/find/try-sandbox.ts';
import type { Isolation, IsolatedProcess, ProcessExit } from '../../src/isolation/isolation.ts';
import { runCallTrial } from '../../src/isolation/report/run-call-trial.ts';
import { runLimitTrials } from '../../src/isolation/report/run-limit-trials.ts';
import { FirstProcess } from '../../src/isolation/start/first-process.ts';
import { IsolatedBubblewrap } from '../../src/isolation/start/isolated-bubblewrap.ts';
import { WarmSlot } from '../../src/launch/warm-slot.ts';
import { kill } from './hanging-program.ts';

const timeoutMs = 50;
const stopped = 'kill -STOP $$';
const leavesOneThatHoldsItsOutput = 'sleep 600 & exit 3';

describe('a trial of a sandbox that never ends', () => {
  it.each([
    ['is stopped', stopped],
    ['leaves a process that holds its output', leavesOneThatHoldsItsOutput],
  ])('is given up when it %s, and ended', async (_, script) => {
    const { launch, ended } = runningSandbox(script);
    await expect(trySandbox({ launch }, timeoutMs)).rejects.toThrow('did not end within 0.05 s');
    await ended();
  });

  it.each([
    ['is stopped', stopped],
    ['leaves a process that holds its output', leavesOneThatHoldsItsOutput],
  ])('counts as a filter that does not hold when it %s', async (_, script) => {
    const { launch, ended } = runningSandbox(script);
    expect(await runCallTrial(launch, [], undefined, timeoutMs)).toMatchObject([
      { held: false, saw: 'the trial failed: it did not end' },
    ]);
    await ended();
  });

  it('counts as limits that do not hold', async () => {
    const { launch, ended } = runningSandbox(stopped);
    const evidence = await runLimitTrials(launch, timeoutMs);
    expect(evidence.map(({ aspect, held }) => [aspect, held])).toEqual([
      ['memory', false],
      ['processCount', false],
      ['cpu', false],
    ]);
    await ended();
  });
});

describe('a warm slot', () => {
  it('whose runner never dials is given up, and ended', async () => {
    const { launch, ended } = runningSandbox(stopped);
    const isolation: Isolation = { probe: () => Promise.resolve(undefined), launch };
    const start = {
      limits: defaultSandboxLimits,
      messageLimits: defaultMessageLimits,
      requiredIsolation: [],
    };
    const folder = await mkdtemp('/tmp/stella-slot-');
    try {
      await expect(WarmSlot.start(isolation, start, join(folder, 'slot'), timeoutMs)).rejects.toThrow(
        'a sandbox that was started ahead did not dial the host within 0.05 s',
      );
      await ended();
      await expect(access(join(folder, 'slot/s/s'))).rejects.toThrow('ENOENT');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a sandbox that cannot be killed', () => {
  it('is given up, and said to be left behind', async () => {
    const [bubblewrap, inside] = [spawn('sleep', ['600']), spawn('sleep', ['600'])];
    try {
      const groups = await NoControlGroups.open();
      const free = await groups.create();
      const group: ControlGroup = {
        name: 'stuck',
        version: 2,
        entrances: [],
        add: (pid) => free.add(pid),
        limitCpu: () => Promise.resolve(),
        kill: () => Promise.resolve(),
        isEmpty: () => Promise.resolve(false),
        readLimits: () => free.readLimits(),
        readProcesses: () => free.readProcesses(),
        readLoad: () => free.readLoad(),
        readUsage: () => free.readUsage(),
        remove: () => Promise.reject(new Error('EBUSY')),
      };
      const first = await FirstProcess.find(inside.pid ?? 0);
      const cleared = jest.fn(() => Promise.resolve());
      const sandbox = new IsolatedBubblewrap({
        limited: { bubblewrap, first, stdout: bubblewrap.stdout, stderr: bubblewrap.stderr },
        group,
        cpuLimitCores: 1,
        made: {} as never, // for reports alone
        onCleared: cleared,
        clearingTimeoutMs: timeoutMs,
      });
      await sandbox.kill();
      expect(await sandbox.exited).toMatchObject({
        wasKilled: true,
        leftBehind: 'the control group stuck, which is not empty',
      });
      expect(cleared).not.toHaveBeenCalled();
    } finally {
      bubblewrap.kill('SIGKILL');
      inside.kill('SIGKILL');
    }
  });
});

/** Launches a shell in place of a sandbox. `ended` resolves when each that was launched was killed and is gone. */
function runningSandbox(script: string) {
  const gone: Promise<unknown>[] = [];
  const launch = (): Promise<IsolatedProcess> => {
    const child = spawn('/bin/sh', ['-c', script], { detached: true });
    const pid = child.pid ?? 0;
    const killed = Promise.withResolvers<void>();
    gone.push(once(child, 'close'), killed.promise);
    const nothing = { memoryLimitHit: false, processLimitHit: false, ...uncounted };
    const exited = once(child, 'exit').then(([code]): ProcessExit => ({
      code,
      signal: undefined,
      wasKilled: true,
      leftBehind: undefined,
      ...nothing,
    }));
    return Promise.resolve({
      pid,
      stdout: child.stdout,
      stderr: child.stderr,
      exited,
      askKernel: () => Promise.resolve(),
      inspect: () => Promise.reject(new Error('it is not looked at')),
      applyCpuLimit: () => Promise.resolve(),
      readLoad: () => Promise.resolve({ memoryBytes: undefined, cpuMs: undefined }),
      readUsage: () => Promise.resolve(nothing),
      kill: async () => {
        kill(-pid);
        await exited;
        killed.resolve();
      },
    });
  };
  return { launch, ended: () => Promise.all(gone) };
}

const uncounted = { peakMemoryMiB: undefined, cpuMs: undefined, throttledMs: undefined };
