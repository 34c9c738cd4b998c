import { describe, expect, it } from '@jest/globals';
import type { Logger } from '@stellaops/plugin-abstractions';
import { completeOptions } from '../../src/host-options.ts';
import type { PluginChanges } from '../../src/lifecycle/plugin-changes.ts';
import { PluginTable } from '../../src/lifecycle/plugin-table.ts';
import { Reconciler } from '../../src/lifecycle/reconciler.ts';
import type { StateDirectory } from '../../src/state-directory.ts';
import { files, packageFolder } from '../admission/package-folder.ts';
import { silentLogger } from '../linked-plugin.ts';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a state directory that does not answer', () => {
  it('keeps a host from starting no longer than the deadline, and says which directory', async () => {
    await using folder = await packageFolder(files);
    const { reconciler } = given({ pluginPaths: [folder.package], timeouts: { admitTimeoutMs: 50 } });
    const reconciling = reconciler.reconcile();
    await expect(reconciling).rejects.toMatchObject({
      code: 'STATE_DIRECTORY_INVALID',
      details: { directory: '/var/lib/hung' },
    });
    await expect(reconciling).rejects.toThrow('within 50 ms (timeouts.admitTimeoutMs)');
  });

  it('does not keep a re-scan or a stop from ending, and is told of', async () => {
    const { reconciler, errors } = given({ timeouts: { disposeTimeoutMs: 20 } });
    await reconciler.reconcile();
    await reconciler.stopAll();
    const told = 'files of this host in the state directory could not be removed';
    expect(errors).toEqual([told, told]);
  });
});

/** A host without plugins, on a file system that hangs. */
function given(options: Parameters<typeof completeOptions>[0]) {
  const errors: string[] = [];
  const error = (_: object | string, message?: string): void => void errors.push(message ?? '');
  const logger: Logger = { ...silentLogger, error };
  const state = { root: '/var/lib/hung', packages: never, close: never, keepPackages: never };
  const reconciler = new Reconciler({
    options: completeOptions({ ...options, logger }),
    state: state as unknown as StateDirectory, // as much of it as is asked for
    table: new PluginTable(),
    changes: { close: () => undefined } as unknown as PluginChanges, // there is no plugin to change
    hostVersion: '1.0.0',
    linkedTrustLevel: 'builtIn',
  });
  return { reconciler, errors };
}
