import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { shareFile } from '../../src/isolation/files/readable-files.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

interface PrivateFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder that only root may enter, as below root's home. */
async function makePrivateFolder(): Promise<PrivateFolder> {
  const path = await mkdtemp('/tmp/stella-private-');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

describeAsRoot('a plugin below a folder that only root may enter', () => {
  it('runs, with Node, its package and the runner all from there', async () => {
    await using folder = await makePrivateFolder();
    const nodeFile = await shareFile(process.execPath, folder.path);
    const packageDirectory = join(folder.path, 'package');
    await mkdir(join(packageDirectory, 'dist'), { recursive: true });
    await writeFile(join(packageDirectory, 'dist/plugin.js'), 'exports.name = "from a private folder";', {
      mode: 0o600,
    });
    const runnerFile = join(folder.path, 'runner.cjs');
    await writeFile(
      runnerFile,
      `const socket = require('node:net').connect(process.env.STELLA_HOST_SOCKET);
       socket.end(JSON.stringify(require('/plugin/dist/plugin.js').name) + '\\n');`,
      { mode: 0o600 },
    );
    await using standIn = await startStandIn({
      script: '',
      isolation: new BubblewrapIsolation({ nodeFile }),
      request: { packageDirectory, runnerFile },
    });
    expect(await standIn.report()).toBe('from a private folder');
    expect((await stat(join(packageDirectory, 'dist/plugin.js'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  });

  it('has its Node and its runner put where its user can read them once for all instances', async () => {
    await using folder = await makePrivateFolder();
    const isolation = new BubblewrapIsolation({ nodeFile: await shareFile(process.execPath, folder.path) });
    const runtimeDirectory = `${folder.path}-runtime`;
    const runnerFile = join(folder.path, 'runner.cjs');
    await writeFile(
      runnerFile,
      `require('node:net').connect(process.env.STELLA_HOST_SOCKET).end('"up"\\n');`,
    );
    try {
      const request = { runtimeDirectory, runnerFile };
      for (let instance = 0; instance < 2; instance += 1) {
        await using standIn = await startStandIn({ script: '', isolation, request });
        expect(await standIn.report()).toBe('up');
      }
      expect(
        (await readdir(runtimeDirectory)).map((name) => name.replace(/^\d+-\d+-/, '')).toSorted(),
      ).toEqual([expect.stringContaining(basename(process.execPath)), 'runner.cjs']);
    } finally {
      await rm(runtimeDirectory, { recursive: true, force: true });
    }
  });

  it('is refused when its socket stands there too, with the way out', async () => {
    await using folder = await makePrivateFolder();
    const scratchDirectory = join(folder.path, 'scratch');
    await mkdir(scratchDirectory);
    const socketPath = join(scratchDirectory, 'host.sock');
    await writeFile(socketPath, '');
    await expect(
      startStandIn({ script: '', request: { scratchDirectory, socketPath } }),
    ).rejects.toMatchObject({
      code: 'SANDBOX_UNSUPPORTED',
      details: {
        problem: expect.stringContaining(socketPath),
        fix: expect.stringContaining('state directory'),
      },
    });
  });

  it('is launched with its socket given to its user alone', async () => {
    await using standIn = await startStandIn({ script: 'await report("up")' });
    const socket = await stat(join(standIn.directory, 'scratch/host.sock'));
    const scratch = await stat(join(standIn.directory, 'scratch'));
    expect([socket.mode & 0o777, scratch.mode & 0o777]).toEqual([0o600, 0o710]);
    expect([socket.uid, socket.gid, scratch.gid].every((id) => id >= 60_706 && id <= 61_183)).toBe(true);
    expect(scratch.uid).toBe(0);
  });
});
