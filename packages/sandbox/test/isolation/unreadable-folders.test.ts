import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { isPluginError } from '@stellaops/plugin-abstractions';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { shareFile } from '../../src/isolation/readable-files.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

jest.setTimeout(60_000);

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

  it('has its Node and its runner copied once for all instances', async () => {
    await using folder = await makePrivateFolder();
    const isolation = new BubblewrapIsolation({ nodeFile: await shareFile(process.execPath, folder.path) });
    const runtimeDirectory = await mkdtemp('/tmp/stella-runtime-');
    try {
      const start = (): ReturnType<typeof startStandIn> =>
        startStandIn({ script: 'await report("up")', isolation, request: { runtimeDirectory } });
      const [first, second] = await Promise.all([start(), start()]);
      await using _ = new AsyncDisposableStack().use(first).use(second) && first;
      const copies = (await readFile('/proc/self/mounts', 'utf8')).length;
      expect(copies).toBeGreaterThan(0);
    } finally {
      await rm(runtimeDirectory, { recursive: true, force: true });
    }
  });
});
