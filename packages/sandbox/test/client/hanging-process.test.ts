import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from '@jest/globals';
import { noIsolation } from '@stellaops/plugin-abstractions/hosting';
import type { SandboxExit, SandboxProcess } from '../../src/client/sandbox-process.ts';
import { SandboxedProcess } from '../../src/client/sandboxed-process.ts';
import { connectInMemory } from '../../src/wire/in-memory-connection.ts';
import { keepLog } from './keep-log.ts';
import { sandboxLaunch } from './sandbox-launch.ts';

describe('a sandbox', () => {
  it('that has closed its connection and does not end is killed', async () => {
    await using shell = startShell('while :; do sleep 600; done');
    const { sandboxed, hangUp } = await load(shell.process);
    hangUp();
    expect(await sandboxed.ended).toMatchObject({
      code: 'SANDBOX_PROTOCOL_VIOLATION',
      details: { problem: expect.stringContaining('connection') },
    });
    expect(shell.wasKilled()).toBe(true);
  });

  it('that has ended is not waited for by whoever holds its output', async () => {
    await using shell = startShell('sleep 600 & read -r end; exit 3');
    const { sandboxed } = await load(shell.process);
    shell.tell('end');
    expect(await sandboxed.ended).toMatchObject({
      code: 'SANDBOX_EXITED',
      details: { problem: expect.stringContaining('3') },
    });
    expect(shell.wasKilled()).toBe(false);
  });

  it('that has ended has what it had said read first', async () => {
    await using shell = startShell('read -r end; exit 3');
    const { sandboxed, written, log, hangUp } = await load(shell.process);
    shell.tell('end');
    await shell.process.exited;
    await untilRead(shell.process);
    log('last words');
    hangUp();
    expect(await sandboxed.ended).toMatchObject({ code: 'SANDBOX_EXITED' });
    expect(written).toContainEqual(expect.objectContaining({ message: 'last words' }));
  });

  it('is known to end as soon as its connection has', async () => {
    await using shell = startShell('read -r end; exit 3');
    const { sandboxed, hangUp } = await load(shell.process);
    let isGone = false;
    void sandboxed.ended.then(() => (isGone = true));
    expect(sandboxed.isEnding).toBe(false);
    hangUp();
    while (!sandboxed.isEnding) await new Promise(setImmediate);
    expect(isGone).toBe(false);
    shell.tell('end');
    await sandboxed.ended;
  });

  it('is known to end as soon as its process has', async () => {
    await using shell = startShell('read -r end; exit 3');
    const { sandboxed, hangUp } = await load(shell.process);
    let isGone = false;
    void sandboxed.ended.then(() => (isGone = true));
    shell.tell('end');
    while (!sandboxed.isEnding) await new Promise(setImmediate);
    expect(isGone).toBe(false);
    hangUp();
    await sandboxed.ended;
  });
});

/** Waits until everything that a process has printed was read, and what follows from it is done. */
async function untilRead({ stdout, stderr }: SandboxProcess): Promise<void> {
  await Promise.all([finished(stdout), finished(stderr)]);
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

/** The host's end of a process, with a runner in this one that has loaded its plugin. */
async function load(process: SandboxProcess) {
  const { logger, written } = keepLog();
  const { host, runner } = connectInMemory(16);
  const listener = {
    dialled: Promise.resolve(),
    connected: Promise.resolve(host),
    traffic: { sentBytes: 0, receivedBytes: 0 },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const token = 'secret';
  const sandboxed = new SandboxedProcess(sandboxLaunch(logger), { process, listener, token });
  runner.receive((frame) => {
    if (frame.$case === 'control')
      runner.send({ $case: 'controlDone', value: { id: frame.value.id, failure: undefined } });
  });
  const protocol = { oldestProtocol: 1, newestProtocol: 1 };
  runner.send({
    $case: 'hello',
    value: { token, ...protocol, features: [], runner: 'a test', observations: [] },
  });
  await sandboxed.load(new AbortController().signal);
  const log = (message: string): void =>
    runner.send({ $case: 'log', value: { level: 2, message, fieldsJson: '' } });
  return { sandboxed, written, log, hangUp: () => runner.close() };
}

/** A shell in place of a sandbox. */
function startShell(script: string) {
  const child = spawn('/bin/sh', ['-c', script], { detached: true });
  let wasKilled = false;
  const exited = once(child, 'exit').then(([code]): SandboxExit => ({
    code: code ?? undefined,
    signal: code === null ? 'SIGKILL' : undefined,
    wasKilled,
    memoryLimitHit: false,
    processLimitHit: false,
    peakMemoryMiB: undefined,
    cpuMs: undefined,
    throttledMs: undefined,
    leftBehind: undefined,
  }));
  const kill = async (): Promise<void> => {
    wasKilled ||= child.exitCode === null && child.signalCode === null;
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // nobody is left in its group
    }
    await exited;
  };
  return {
    process: {
      pid: child.pid ?? 0,
      stdout: child.stdout,
      stderr: child.stderr,
      exited,
      applyCpuLimit: () => Promise.resolve(),
      askKernel: () => Promise.resolve(),
      inspect: async (observations) => {
        await observations;
        return noIsolation('a shell');
      },
      readLoad: () => Promise.resolve({ memoryBytes: undefined, cpuMs: undefined }),
      readUsage: () => Promise.resolve({ throttledMs: undefined }),
      kill,
    } satisfies SandboxProcess,
    tell: (text: string) => child.stdin.write(`${text}\n`),
    wasKilled: () => wasKilled,
    [Symbol.asyncDispose]: kill,
  };
}
