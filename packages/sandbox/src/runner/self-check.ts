import { closeSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { getPriority, hostname, networkInterfaces, setPriority } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import type { Observation } from '../wire/messages.ts';
import { connectByTcp, outside, outside6, sendByUdp } from './reach-outside.ts';

/** What a machine has and a sandbox has not. */
const hostPaths = ['/etc/passwd', '/etc/shadow', '/root', '/var', '/boot', '/sys'];
const foldersToWrite = ['/', '/plugin', '/runtime', '/run', '/dev', '/proc'];
const expectedVariables = new Set(['PATH', 'HOME', 'TMPDIR', 'LANG', 'PWD', 'STELLA_HOST_SOCKET']);

/** What a kernel says that does not let a program out. Where it does, a connection is under way without an error. */
const notOut = ['EPERM', 'EACCES', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];
const notAllowed = ['EPERM', 'EACCES', 'EINVAL'];

/**
 * Tries what must fail in a sandbox, before any code of the plugin is loaded. It harms nothing where it succeeds: files are
 * removed again, the signal is 0, and no packet arrives.
 */
export async function checkIsolation(): Promise<Observation[]> {
  const [tcp, udp, udp6] = await Promise.all([
    connectByTcp(outside),
    sendByUdp(outside, 4),
    sendByUdp(outside6, 6),
  ]);
  return [
    mustFailForAll('see', hostPaths, ['ENOENT'], (path) => statSync(path)),
    mustFailForAll('write in', foldersToWrite, ['EROFS', 'EACCES', 'EPERM', 'ENOENT'], writeIn),
    mustBeNone('fileSystem', 'settings of the kernel in /proc/sys', () => readdirSync('/proc/sys')),
    mustBeNone('network', 'interfaces beside the loopback', otherInterfaces),
    judge('network', 'connect by TCP', notOut, tcp),
    judge('network', 'send by UDP', notOut, udp),
    judge('network', 'send by UDP over IPv6', notOut, udp6),
    mustBeNone('processes', 'other processes in /proc', otherProcesses),
    mustFail('processes', 'signal to all processes', ['ESRCH'], () => process.kill(-1, 0)),
    mustBeNone('environment', 'variables beside its own', otherVariables),
    { aspect: 'environment', tried: 'host name', saw: hostname(), held: hostname() === 'plugin' },
    mustFail('privileges', 'become root', notAllowed, () => process.setuid?.(0)),
    mustFail('privileges', 'change groups', notAllowed, () => process.setgroups?.([0])),
    judge('systemCalls', 'open an Internet socket', ['EPERM'], tcp),
    mustFail('systemCalls', 'open a netlink socket', ['EPERM'], networkInterfaces),
    mustFail('cpu', 'raise its priority', notAllowed, () => setPriority(getPriority() - 1)),
  ];
}

/** Tells of the first path with which it does not fail as it must; otherwise of the last. */
function mustFailForAll(
  what: string,
  paths: readonly string[],
  codes: readonly string[],
  attempt: (path: string) => unknown,
): Observation {
  const tried = `${what} ${paths.join(', ')}`;
  const seen = paths.map((path) => {
    const { saw, held } = mustFail('fileSystem', path, codes, () => attempt(path));
    return { saw: held ? saw : `${path}: ${saw}`, held };
  });
  const { saw, held } = seen.find((one) => !one.held) ?? seen.at(-1) ?? { saw: 'nothing', held: false };
  return { aspect: 'fileSystem', tried, saw, held };
}

/** `codes`: what it may fail with. */
function mustFail(
  aspect: string,
  tried: string,
  codes: readonly string[],
  attempt: () => unknown,
): Observation {
  try {
    attempt();
    return judge(aspect, tried, codes, undefined);
  } catch (error) {
    return judge(aspect, tried, codes, error);
  }
}

function judge(aspect: string, tried: string, codes: readonly string[], error: unknown): Observation {
  if (error === undefined) return { aspect, tried, saw: 'it worked', held: false };
  const saw = codeOf(error);
  return { aspect, tried, saw, held: codes.includes(saw) };
}

/** What cannot be listed is not there. */
function mustBeNone(aspect: string, tried: string, list: () => readonly string[]): Observation {
  let found: readonly string[];
  try {
    found = list();
  } catch (error) {
    return { aspect, tried, saw: codeOf(error), held: true };
  }
  return { aspect, tried, saw: found.slice(0, 3).join(', ') || 'none', held: found.length === 0 };
}

/** Errors of `node:os` have the number of the kernel's error one level below, some of them without the sign. */
function codeOf(error: unknown): string {
  const { code, info } = error as { readonly code?: string; readonly info?: { readonly errno: number } }; // as Node makes them
  return info === undefined ? (code ?? String(error)) : getSystemErrorName(-Math.abs(info.errno));
}

function writeIn(folder: string): void {
  const file = join(folder, 'stella-self-check');
  closeSync(openSync(file, 'wx'));
  unlinkSync(file);
}

function otherInterfaces(): readonly string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    addresses?.every(({ internal }) => internal) === true ? [] : [name],
  );
}

function otherProcesses(): readonly string[] {
  const own = new Set(['1', String(process.pid)]);
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !own.has(name));
}

function otherVariables(): readonly string[] {
  return Object.keys(process.env).filter((name) => !expectedVariables.has(name));
}
