import { readFile, readlink } from 'node:fs/promises';

/**
 * One process, for all time: a pid is given out again, but not with the same start time and pid namespace
 * (proc_pid_stat(5), field 22; pid_namespaces(7)). Where there is no `/proc`, the pid alone, and the rest is 0.
 */
export interface ProcessIdentity {
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

/** `unknown`: it belongs to another pid namespace, whose processes cannot be seen from here. */
export type ProcessPresence = 'running' | 'gone' | 'unknown';

/** The identity of this very process. */
export async function readOwnIdentity(): Promise<ProcessIdentity> {
  const [pidNamespace, stat] = await Promise.all([readOwnPidNamespace(), readStat(process.pid)]);
  return { pidNamespace, pid: process.pid, startTime: stat?.startTime ?? '0' };
}

/** The identity of the process that has this pid now; `undefined` when there is none. */
export async function readIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  const [pidNamespace, stat] = await Promise.all([readOwnPidNamespace(), readStat(pid)]);
  return stat && { pidNamespace, pid, startTime: stat.startTime };
}

/** A form that names of files can carry: digits and dots. */
export function formatIdentity({ pidNamespace, pid, startTime }: ProcessIdentity): string {
  return `${pidNamespace}.${pid}.${startTime}`;
}

/** Reads what {@link formatIdentity} wrote; `undefined` for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, pidNamespace, pid, startTime] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  if (pidNamespace === undefined || pid === undefined || startTime === undefined) return undefined;
  return { pidNamespace, pid: Number(pid), startTime };
}

/** Whether that process still runs. One that ended and waits for its parent to notice counts as gone. */
export async function findPresence(identity: ProcessIdentity): Promise<ProcessPresence> {
  if (identity.pidNamespace !== (await readOwnPidNamespace())) return 'unknown';
  if (identity.startTime === '0') return isSignalable(identity.pid) ? 'running' : 'gone';
  const stat = await readStat(identity.pid);
  return stat?.startTime === identity.startTime && stat.state !== 'Z' && stat.state !== 'X'
    ? 'running'
    : 'gone';
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as somebody else
  }
}

async function readOwnPidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '0');
  return link.replaceAll(/\D/g, '');
}

async function readStat(
  pid: number,
): Promise<{ readonly state: string; readonly startTime: string } | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}
