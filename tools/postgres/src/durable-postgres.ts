import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { connectionStringOf, makeCluster, ready } from './start-postgres.ts';

/** A server that keeps what it has committed, whatever happens to it; and things that may happen to it. */
export interface DurablePostgres extends AsyncDisposable {
  readonly connectionString: string;
  /** Resolves when it takes connections, having recovered if it was killed. */
  start(): Promise<void>;
  /** SIGKILL for every process of it. Resolves when they are gone. */
  kill(): Promise<void>;
  /** SIGSTOP for every process of it: connections stay, and nobody answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Runs SQL as somebody who may do everything, on a connection of its own. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** As an installation has them: nothing is acknowledged before it is on the disk. */
const settings = ['listen_addresses=', 'fsync=on', 'synchronous_commit=on', 'full_page_writes=on'];
/** Ends the server when its own standard input ends, as it does when a test is killed. */
const keeper = `"$@" & server=$!; exec 2>/dev/null; read -r _; kill -CONT $server; kill -INT $server; wait $server`;

/** Makes PostgreSQL 18 with its durability on, and with other settings, in a folder that goes with it. It is not started. */
export function makeDurablePostgres(others: readonly string[] = []): DurablePostgres {
  const home = mkdtempSync(join(tmpdir(), 'stella-postgres-'));
  const { command, options } = makeCluster(home);
  let server: ChildProcess | undefined;
  /** All but the shell that keeps it. */
  const processes = (): readonly number[] => (server?.pid === undefined ? [] : familyOf(server.pid).slice(1));
  const signal = (name: NodeJS.Signals): void => {
    for (const processId of processes()) sendTo(processId, name);
  };
  const kill = async (): Promise<void> => {
    if (!server) return;
    const closed = once(server, 'close');
    const killed = processes();
    signal('SIGKILL');
    server.stdin?.end();
    await closed;
    while (killed.some(isThere)) await new Promise(setImmediate);
    server = undefined;
  };
  return {
    connectionString: connectionStringOf(home),
    start: async () => {
      const given = [...settings, ...others].flatMap((setting) => ['-c', setting]);
      server = spawn('/bin/sh', ['-c', keeper, 'sh', ...command, ...given], {
        ...options,
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      await ready(server);
    },
    kill,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    sql: async (text) => {
      const client = new Client({ connectionString: connectionStringOf(home) });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function sendTo(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch {
    return; // it has ended by itself
  }
}

function isThere(processId: number): boolean {
  const stat = statOf(processId);
  return stat !== undefined && stat.state !== 'Z';
}

/** A process and all that descends from it (proc_pid_stat(5)). */
function familyOf(processId: number): readonly number[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = processes.map((each) => [each, statOf(each)?.parent] as const);
  const family = [processId];
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

function statOf(processId: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
