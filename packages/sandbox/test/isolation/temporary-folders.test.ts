import { access, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { formatIdentity, readOwnIdentity } from '@stellaops/plugin-abstractions/hosting';
import { sweepTemporaryFolders } from '../../src/isolation/files/temporary-folders.ts';
import { ordinaryUser } from './ordinary-programs.ts';
import { describeAsRoot } from './stand-in.ts';

describeAsRoot('a temporary folder', () => {
  it('goes at the next start when its host is gone, and no other does', async () => {
    await using stack = new AsyncDisposableStack();
    const makeFolder = async (owner: string): Promise<string> => {
      const folder = await mkdtemp(`/tmp/stella-sandbox-${owner}-`);
      stack.defer(() => rm(folder, { recursive: true, force: true }));
      await writeFile(join(folder, 'runner.js'), '');
      return folder;
    };
    const own = await readOwnIdentity();
    const dead = formatIdentity({ ...own, startTime: '1' });
    const left = await makeFolder(dead);
    const used = await makeFolder(formatIdentity(own));
    const elsewhere = await makeFolder(formatIdentity({ ...own, pidNamespace: '1' }));
    const strange = await makeFolder(dead);
    await chown(strange, ordinaryUser, ordinaryUser);

    await sweepTemporaryFolders();
    await expect(access(left)).rejects.toThrow('ENOENT');
    for (const kept of [used, elsewhere, strange]) await access(join(kept, 'runner.js'));
  });
});
