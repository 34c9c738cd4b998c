import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { startPluginHost } from '@stellaops/plugin-host';
import { createPluginPackage, recordingLogger } from '../src/index.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { familyOf, isRunning, untilGone } from './processes.ts';

const program = fileURLToPath(new URL('./programs/spinning-host.ts', import.meta.url));

describe('a host that is killed while a plugin spins', () => {
  it('leaves no process behind, and what it left on disk goes at the next start', async () => {
    const entry = await bundlePlugin('./acrobat.ts');
    await using acrobat = await createPluginPackage({
      manifest: { id: 'test.acrobat', provides: [Acrobat] },
      files: { 'dist/plugin.js': entry },
    });
    const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-test-state-'));
    await chmod(stateDirectory, 0o711);
    const host = spawn(process.execPath, [program, acrobat.directory, stateDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(host.stdout, 'data')) as [Buffer];
    const family = await familyOf(host.pid ?? 0);
    expect(family).toContain(Number(line.toString()));

    host.kill('SIGKILL');
    await untilGone(family);
    expect(await Promise.all(family.map(isRunning))).toEqual(family.map(() => false));

    expect((await readdir(stateDirectory)).filter((name) => name.startsWith('host.'))).toHaveLength(1);
    await using next = await startPluginHost({
      stateDirectory,
      pluginPaths: [acrobat.directory],
      logger: recordingLogger(),
    });
    expect((await readdir(stateDirectory)).filter((name) => name.startsWith('host.'))).toHaveLength(1);
    await next.stop();
    expect(await readdir(stateDirectory)).toEqual(['runtime']);
    await rm(stateDirectory, { recursive: true });
  });
});
