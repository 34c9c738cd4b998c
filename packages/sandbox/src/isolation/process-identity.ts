import { readFile, readlink } from 'node:fs/promises';

/**
 * One process, for all time: a pid is given out again, but not with the same start time and pid namespace
 * (proc_pid_stat(5), field 22; pid_namespaces(7)).
 */
export interface ProcessIdentity {
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

/** `unknown`: it belongs to another pid namespace, whose processes cannot be seen from here. */
export type Presence = 'running' | 'gone' | 'unknown';

/** The identity of this very process. */
export async function readOwnIdentity(): Promise<ProcessIdentity> {
  const [pidNamespace, stat] = await Promise.all([
    readOwnPidNamespace(),
    readFile('/proc/self/stat', 'utf8'),
  ]);
  return { pidNamespace, pid: process.pid, startTime: parseStat(stat).startTime };
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
export async function findPresence(identity: ProcessIdentity): Promise<Presence> {
  if (identity.pidNamespace !== (await readOwnPidNamespace())) return 'unknown';
  try {
    const { state, startTime } = parseStat(await readFile(`/proc/${identity.pid}/stat`, 'utf8'));
    return startTime === identity.startTime && state !== 'Z' && state !== 'X' ? 'running' : 'gone';
  } catch {
    return 'gone';
  }
}

async function readOwnPidNamespace(): Promise<string> {
  return (await readlink('/proc/self/ns/pid')).replaceAll(/\D/g, '');
}

function parseStat(stat: string): { readonly state: string; readonly startTime: string } {
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}
