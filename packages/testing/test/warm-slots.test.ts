import { readdir, readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startPluginHost, type PluginHost, type PluginHostOptions } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { recordingLogger } from '../src/index.ts';
import { acrobatId, packAcrobat } from './acrobat-host.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { familyOf, isRunning, untilGone } from './processes.ts';

const acrobat = packAcrobat();
afterAll(async () => (await acrobat)[Symbol.asyncDispose]());

async function startHost(sandbox: ProcessSandbox, options: PluginHostOptions = {}): Promise<PluginHost> {
  const pluginPaths = [(await acrobat).directory];
  return startPluginHost({
    sandbox,
    pluginPaths,
    logger: recordingLogger(),
    required: [acrobatId],
    ...options,
  });
}

const processIdOf = (host: PluginHost): number => host.plugins()[0]?.processId ?? 0;
const temporaryFolders = async (): Promise<readonly string[]> =>
  (await readdir('/tmp')).filter(
    (name) => name.startsWith('stella-sandbox-') && name.includes(`.${process.pid}.`),
  );

/** Its first process has the command line of the runner at the end of its own. */
const hasRehearsed = async (host: PluginHost): Promise<boolean> =>
  (await readFile(`/proc/${processIdOf(host)}/cmdline`, 'utf8')).split('\0').includes('ahead');

/** Its first process takes the others along. */
function killIfThere(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

describe('a warm slot', () => {
  it('runs a plugin in a process that waited for it, as isolated as any, and is used once', async () => {
    await using sandbox = new ProcessSandbox({ warmSlots: { count: 1 } });
    await sandbox.warmUp();
    const waiting = await familyOf(process.pid);
    await using first = await startHost(sandbox);
    expect(waiting).toContain(processIdOf(first));
    await expect(first.resolve(Acrobat).ping(null)).resolves.toBe('pong');
    const states = Object.values(first.plugins()[0]?.isolation?.aspects ?? {}).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['enforced']));

    await using second = await startHost(sandbox);
    expect(processIdOf(second)).not.toBe(processIdOf(first));
    await first.stop();
    expect(await isRunning(processIdOf(first))).toBe(false);
    await expect(second.resolve(Acrobat).ping(null)).resolves.toBe('pong');
  });

  it('is not for a plugin that is to be started otherwise', async () => {
    await using sandbox = new ProcessSandbox({ warmSlots: { count: 1, limits: { maxProcesses: 48 } } });
    await sandbox.warmUp();
    const waiting = await familyOf(process.pid);
    await using cold = await startHost(sandbox);
    expect(waiting).not.toContain(processIdOf(cold));
    expect(await hasRehearsed(cold)).toBe(false);
    await using warm = await startHost(sandbox, {
      perPlugin: { [acrobatId]: { limits: { maxProcesses: 48 } } },
    });
    expect(waiting).toContain(processIdOf(warm));
    expect(await hasRehearsed(warm)).toBe(true);
  });

  it('that was killed while it waited is not given to a plugin', async () => {
    await using sandbox = new ProcessSandbox({ warmSlots: { count: 1 } });
    const before = await familyOf(process.pid);
    await sandbox.warmUp();
    const slot = (await familyOf(process.pid)).filter((processId) => !before.includes(processId));
    for (const processId of slot) killIfThere(processId);
    await untilGone(slot);
    await using host = await startHost(sandbox);
    await expect(host.resolve(Acrobat).ping(null)).resolves.toBe('pong');
  });

  it('that its package cannot be put into ends, and the plugin fails', async () => {
    await using sandbox = new ProcessSandbox({ warmSlots: { count: 1 } });
    const before = await familyOf(process.pid);
    await sandbox.warmUp();
    const slot = (await familyOf(process.pid)).filter((processId) => !before.includes(processId));
    const packageDirectory = '/nowhere';
    await using host = await startPluginHost({
      sandbox: { launch: (launch, signal) => sandbox.launch({ ...launch, packageDirectory }, signal) },
      pluginPaths: [(await acrobat).directory],
      logger: recordingLogger(),
    });
    expect(host.plugins()).toMatchObject([
      { state: 'failed', error: { message: expect.stringContaining(packageDirectory) } },
    ]);
    await untilGone(slot);
  });

  it('explains the death of its plugin as any sandbox does', async () => {
    await using sandbox = new ProcessSandbox({ warmSlots: { count: 1 } });
    await sandbox.warmUp();
    await using host = await startHost(sandbox);
    await expect(host.resolve(Acrobat).die('exit')).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
    expect(host.plugins()[0]?.crash).toMatchObject({ cause: 'crashed', exitCode: 7 });
  });

  it('leaves nothing when the sandbox is disposed', async () => {
    const sandbox = new ProcessSandbox({ warmSlots: { count: 2 } });
    await sandbox.warmUp();
    const waiting = await familyOf(process.pid);
    expect(await temporaryFolders()).toHaveLength(1);
    await sandbox[Symbol.asyncDispose]();
    const left = await familyOf(process.pid);
    expect(waiting.length - left.length).toBeGreaterThanOrEqual(4); // a slot is two processes at least
    expect(await temporaryFolders()).toEqual([]);
    await sandbox.warmUp();
    expect(await familyOf(process.pid)).toEqual(left);
  });
});
