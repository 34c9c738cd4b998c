import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { useTemporaryFolder } from '../../src/isolation/files/temporary-folders.ts';
import { OpenEntrances } from '../../src/isolation/start/enter-group.ts';

/** Runs a command that goes in first, as sandboxes are started: three pipes beside the standard ones. */
async function runInside(files: readonly string[], command: readonly [string, ...string[]]) {
  using entrances = new OpenEntrances(files);
  const [file, ...rest] = entrances.lead(command);
  const pipes = ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
  const child = spawn(file, rest, { env: {}, stdio: [...pipes, ...entrances.descriptors] });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('both are pipes');
  const [output, errors, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
  return { output, errors, code: code as unknown };
}

/** Uses two files in place of the entrances of a group. */
function useEntrances<Result>(use: (files: readonly [string, string]) => Promise<Result>): Promise<Result> {
  return useTemporaryFolder(async (folder) => {
    const files = [join(folder, 'memory'), join(folder, 'pids')] as const;
    for (const file of files) await writeFile(file, '');
    return use(files);
  });
}

describe('a process that goes into its control group', () => {
  it('writes 0 to every entrance, and is the command with its arguments then', () =>
    useEntrances(async (files) => {
      const { output, code } = await runInside(files, ['/bin/echo', 'as it', '"was" $given']);
      expect([output, code]).toEqual(['as it "was" $given\n', 0]);
      for (const file of files) expect(await readFile(file, 'utf8')).toBe('0\n');
    }));

  it('leaves no entrance to the command, and all other descriptors', () =>
    useEntrances(async (files) => {
      const list = 'for one in 0 1 2 3 4 5 6 7; do [ -e /proc/$$/fd/$one ] && echo $one; done; :';
      const { output } = await runInside(files, ['/bin/sh', '-c', list]);
      expect(output.split('\n').filter(Boolean)).toEqual(['0', '1', '2', '3', '4', '5']);
    }));

  it('does not become the command where an entrance is shut', () =>
    useEntrances(async ([file]) => {
      const { output, errors, code } = await runInside([file, '/dev/full'], ['/bin/echo', 'it runs']);
      expect([output, code]).toEqual(['', 1]);
      expect(errors).toContain('stella-enter-group');
    }));

  it('is not started where there is no entrance', () =>
    useEntrances(async ([file]) => {
      await expect(runInside([file, `${file}-gone`], ['/bin/true'])).rejects.toThrow('ENOENT');
    }));

  it('is the command at once where a group has no entrances', () => {
    using entrances = new OpenEntrances([]);
    expect(entrances.lead(['/bin/true', 'x'])).toEqual(['/bin/true', 'x']);
  });
});
