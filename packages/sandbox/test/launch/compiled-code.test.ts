import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CompiledCode } from '../../src/launch/compiled-code.ts';
import { keepLog } from '../client/keep-log.ts';
import { sandboxLaunch } from '../client/sandbox-launch.ts';

const file = { path: 'v99-x64-0/0abc', content: Buffer.from('code') };

async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-compiled-');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function compiledCode(runtimeDirectory: string, packageDigest: string): CompiledCode {
  const code = CompiledCode.of(sandboxLaunch(keepLog().logger, { runtimeDirectory, packageDigest }));
  if (!code) throw new Error('there is none');
  return code;
}

describe('compiled code', () => {
  it('is shown to the package of which it was made, where its user can read it and not write', async () => {
    await using folder = await makeFolder();
    await compiledCode(folder.path, 'a').keep([file]);
    const shown = join(folder.path, 'shown');
    expect(await compiledCode(folder.path, 'a').show(shown)).toBe(true);
    expect(await readFile(join(shown, file.path), 'utf8')).toBe('code');
    const modes = [shown, join(shown, 'v99-x64-0'), join(shown, file.path)].map(async (path) => stat(path));
    expect((await Promise.all(modes)).map(({ mode }) => mode & 0o777)).toEqual([0o755, 0o755, 0o444]);
  });

  it('is not shown to a package with another digest', async () => {
    await using folder = await makeFolder();
    await compiledCode(folder.path, 'a').keep([file]);
    expect(await compiledCode(folder.path, 'b').show(join(folder.path, 'shown'))).toBe(false);
  });

  it('is not kept of a package that nobody verified', () => {
    expect(CompiledCode.of(sandboxLaunch(keepLog().logger))).toBeUndefined();
  });

  it('is what was kept first, whatever comes later', async () => {
    await using folder = await makeFolder();
    await compiledCode(folder.path, 'a').keep([file]);
    await compiledCode(folder.path, 'a').keep([{ ...file, content: Buffer.from('later') }]);
    const shown = join(folder.path, 'shown');
    await compiledCode(folder.path, 'a').show(shown);
    expect(await readFile(join(shown, file.path), 'utf8')).toBe('code');
    expect(await readdir(join(folder.path, 'compiled'))).toHaveLength(1);
  });

  it.each(['../escaped', '/tmp/escaped', 'a/../../escaped', '.hidden', 'a//b', 'a\0b', 'a/b/c/d', ''])(
    'has no file at %j',
    async (path) => {
      await using folder = await makeFolder();
      await compiledCode(folder.path, 'a').keep([file, { ...file, path }]);
      expect(await readdir(folder.path, { recursive: true })).toEqual([]);
    },
  );

  it('is kept of the 64 packages that were compiled last', async () => {
    await using folder = await makeFolder();
    const kept = join(folder.path, 'compiled');
    await mkdir(kept);
    for (let index = 0; index < 64; index++) {
      const name = join(kept, `of-${index}`);
      await mkdir(name);
      await utimes(name, 1000 + index, 1000 + index);
    }
    await compiledCode(folder.path, 'a').keep([file]);
    const names = await readdir(kept);
    expect(names).toHaveLength(64);
    expect(names).not.toContain('of-0');
    expect(await compiledCode(folder.path, 'a').show(join(folder.path, 'shown'))).toBe(true);
  });

  it('is done without where it cannot be kept', async () => {
    await using folder = await makeFolder();
    await writeFile(join(folder.path, 'compiled'), 'no folder');
    await compiledCode(folder.path, 'a').keep([file]);
    expect(await compiledCode(folder.path, 'a').show(join(folder.path, 'shown'))).toBe(false);
  });
});
