import { readFile } from 'node:fs/promises';
import type { IsolationObstacle } from '../isolation/isolation.ts';
import { askProgram, type AskOptions } from '../isolation/machine/ask-program.ts';
import { diagnose } from '../isolation/find/obstacles.ts';
import { check } from './check-basics.ts';
import type { MachineCheck } from './machine-report.ts';

/** The user that root tries as: nobody, by convention. */
const nobody = 65_534;

const separation = ['--unshare-user', '--unshare-pid', '--unshare-net', '--ro-bind', '/', '/'];

/** Whether the kernel gives namespaces, and a fresh `/proc` in them. Without bubblewrap its settings alone are read. */
export async function tryNamespaces(
  bubblewrapFile: string | undefined,
  timeout?: Pick<AskOptions, 'timeoutMs'>,
): Promise<readonly MachineCheck[]> {
  const untried = (name: MachineCheck['name'], why: string): MachineCheck => ({
    name,
    state: 'unknown',
    found: why,
  });
  if (bubblewrapFile === undefined) {
    const forbidden = await readSettings();
    return [
      forbidden
        ? check('user namespaces', '', forbidden)
        : untried('user namespaces', 'bubblewrap is missing'),
      untried('/proc', 'bubblewrap is missing'),
    ];
  }
  const refused = await attempt(bubblewrapFile, separation, timeout);
  if (refused)
    return [check('user namespaces', '', refused), untried('/proc', 'there are no user namespaces')];
  const masked = await attempt(bubblewrapFile, [...separation, '--proc', '/proc'], timeout);
  return [check('user namespaces', 'given'), check('/proc', 'can be mounted', masked)];
}

/** Runs bubblewrap in a bubblewrap, to have it tell its version. */
async function attempt(
  file: string,
  options: readonly string[],
  timeout?: Pick<AskOptions, 'timeoutMs'>,
): Promise<IsolationObstacle | undefined> {
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  try {
    await askProgram(file, [...options, '--', file, '--version'], { ...user, ...timeout, cwd: '/' });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string }; // of execFile
    const { problem, fix } = diagnose(stderr?.trim() || message);
    return { problem, fix };
  }
}

/** namespaces(7), and a setting of Debian's. */
async function readSettings(): Promise<IsolationObstacle | undefined> {
  const isZero = async (file: string): Promise<boolean> =>
    (await readFile(file, 'utf8').catch(() => '')).trim() === '0';
  if (await isZero('/proc/sys/user/max_user_namespaces'))
    return diagnose('user.max_user_namespaces=0: max_user_namespaces exceeded');
  if (await isZero('/proc/sys/kernel/unprivileged_userns_clone'))
    return diagnose('kernel.unprivileged_userns_clone=0: No permissions to create new namespace');
  return undefined;
}
