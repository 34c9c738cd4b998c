import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
});

/** The host's end of a process, with a runner in this one that has loaded its plugin. */
async function load(process: SandboxProcess) {
  const { logger } = keepLog();
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
  return { sandboxed, hangUp: () => runner.close() };
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
