import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findPresence } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline } from '../deadline.ts';
import { askToAttach } from './ask-to-attach.ts';
import { writeSetting } from './group-files.ts';
import { nameScope, readScopeOwner } from './group-names.ts';
import { matchOwnGroups } from './own-groups.ts';
import { sweepGroups } from './sweep-groups.ts';
import { systemdEnvironment, systemdTimeoutMs, type SystemdManager } from './systemd-manager.ts';

/** It says that it runs, and waits for the end of its input, which is the end of the host, however it ends. */
const holderScript = 'echo up; read -r end';

/** A group that systemd delegated, beside that of the host. It lasts until the host and everything in it has ended. */
export class SystemdScope {
  readonly folder: string;
  readonly #manager: SystemdManager;

  private constructor(folder: string, manager: SystemdManager) {
    this.folder = folder;
    this.#manager = manager;
  }

  /**
   * Asks systemd for one (systemd.scope(5)). A scope needs a process: a small one of its own, so that the host stays where its
   * operator put it. Rejects with what systemd said when it refused.
   */
  static async start(manager: SystemdManager, timeoutMs = systemdTimeoutMs): Promise<SystemdScope> {
    const named = [
      `--unit=${await nameScope()}`,
      `--description=Sandboxes of the plugins of process ${process.pid}`,
    ];
    const options = [`--${manager}`, '--scope', '--quiet', '--collect', '--property=Delegate=yes', ...named];
    const command = ['/bin/sh', '-c', holderScript, 'stella-scope'];
    const holder = spawn('systemd-run', [...options, '--', ...command], {
      cwd: '/',
      detached: true,
      env: systemdEnvironment(),
    });
    holder.stdin.on('error', () => undefined); // it has ended
    try {
      const words = text(holder.stderr);
      const up = once(holder.stdout, 'data').then(() => undefined);
      const refused = once(holder, 'exit').then(() => words);
      const silent = `systemd made no scope within ${timeoutMs / 1000} s`;
      const said = await withDeadline(Promise.race([up, refused]), timeoutMs, silent);
      if (said !== undefined || holder.pid === undefined) throw new Error(`systemd-run: ${said?.trim()}`);
      const folder = await findGroupOf(holder.pid);
      // A group that hands controllers down has no process itself (cgroups(7)).
      const leaf = join(folder, 'stella-scope');
      await mkdir(leaf);
      await writeSetting(leaf, 'cgroup.procs', holder.pid);
      return new SystemdScope(folder, manager);
    } catch (error) {
      holder.stdin.end();
      holder.kill('SIGKILL'); // one that waits for systemd does not read
      throw error;
    } finally {
      // Nothing of it keeps the host alive.
      holder.unref();
      for (const pipe of [holder.stdin, holder.stdout, holder.stderr]) (pipe as Socket).unref(); // a pipe of a child process is a socket
    }
  }

  /** Moves a process of one's own into a group of the scope. Only systemd may take it from where a session or a service has it. */
  async attach(pid: number, group: string): Promise<void> {
    try {
      await writeSetting(group, 'cgroup.procs', pid);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
      await askToAttach({
        manager: this.#manager,
        scope: basename(this.folder),
        pid,
        subgroup: `/${basename(group)}`,
      });
    }
  }

  /** Removes the groups that dead hosts left in their scopes; a scope with nothing in it is removed by systemd. */
  async sweep(): Promise<void> {
    const slice = dirname(this.folder);
    for (const name of await readdir(slice)) {
      const owner = readScopeOwner(name);
      if (owner === undefined || (await findPresence(owner)) !== 'gone') continue;
      await sweepGroups(join(slice, name)).catch(() => undefined); // systemd may have been faster
    }
  }
}

async function findGroupOf(pid: number): Promise<string> {
  const [memberships, mounts] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8'),
    readFile('/proc/self/mountinfo', 'utf8'),
  ]);
  const found = matchOwnGroups(memberships, mounts).find(({ version }) => version === 2)?.folder;
  if (found?.endsWith('.scope')) return found;
  throw new Error(`systemd made a scope that cannot be seen from here: ${memberships.trim()}`);
}
