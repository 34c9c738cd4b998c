import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProgram } from '../../../packages/sandbox/test/hostile/raw/build-program.ts';
import { startCommandedHost } from '../commanded-host.ts';
import type { Finding, Proof } from '../finding.ts';
import { watchGroup } from '../group-counters.ts';
import { attempts, type Attempt } from './attempts.ts';
import { attachTracer } from './tracer.ts';

/** What the filter of system calls denies is denied by the kernel, as strace(1) sees it from outside. */
export const proveDenials: Proof = async (progress) => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'stella-prove-strace-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const host = stack.use(await startCommandedHost({}));
  const { commander, processId } = host.watched;
  for (const [index, { call }] of attempts.entries())
    await commander.store({ name: nameOf(index), program: buildProgram({ calls: [call] }) });

  progress('attaching', 0);
  const tracer = stack.use(await attachTracer(watchGroup(processId).readProcesses(), folder));
  for (const [index, { what }] of attempts.entries()) {
    progress(what, index / attempts.length);
    await commander.run([`/tmp/${nameOf(index)}`]);
  }
  const traces = await tracer.stop();
  return attempts.map((attempt, index) => findAnswer(attempt, linesOf(nameOf(index), traces)));
};

function nameOf(index: number): string {
  return `attempt-${index}`;
}

/** What strace wrote of the thread that became this program, from then on. */
function linesOf(name: string, traces: readonly (readonly string[])[]): readonly string[] {
  for (const lines of traces) {
    const start = lines.findIndex((line) => line.startsWith(`execve("/tmp/${name}"`));
    if (start >= 0) return lines.slice(start + 1);
  }
  return [];
}

function findAnswer({ what, bound, answer }: Attempt, lines: readonly string[]): Finding {
  const seen = lines.find((line) => answer.test(line));
  // The program goes on to write the result down, and ends.
  const told = lines.filter((line) => !/^(write\(1,|exit\(|\+\+\+ exited)/.test(line)).join('; ');
  const measured = told.replaceAll(/ +/g, ' ') || 'nothing';
  return { what, bound, measured, holds: seen !== undefined };
}
