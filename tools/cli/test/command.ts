import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pluginAbiVersion } from '@stellaops/plugin-abstractions/hosting';

const main = resolve(import.meta.dirname, '../src/main.ts');

/** A package that packs: its entry needs no build. */
export const files: Readonly<Record<string, string>> = {
  'plugin.json': JSON.stringify({
    manifestVersion: 1,
    id: 'acme.greeter',
    name: 'Greeter',
    version: '1.0.0',
    entry: 'plugin.js',
    provides: [{ capability: 'Greeter', version: 1 }],
  }),
  'plugin.js': `export const plugin = { [Symbol.for('stellaops.plugin.PluginDefinition')]: ${pluginAbiVersion}, create() {} };\n`,
};

/** What a run of the command did. */
interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A working folder with a package in `package`; removed when disposed. */
export interface WorkingFolder extends AsyncDisposable {
  readonly path: string;
  readonly package: string;
  /** Runs the real command there. */
  run(...args: readonly string[]): Promise<Run>;
}

export async function workingFolder(content = files): Promise<WorkingFolder> {
  const path = await mkdtemp(join(tmpdir(), 'stella-plugin-'));
  for (const [name, text] of Object.entries(content)) {
    await mkdir(dirname(join(path, 'package', name)), { recursive: true });
    await writeFile(join(path, 'package', name), text);
  }
  return {
    path,
    package: join(path, 'package'),
    run: (...args) => run(args, path),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

function run(args: readonly string[], cwd: string): Promise<Run> {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return new Promise((done) => {
    execFile(process.execPath, [main, ...args], { cwd, env }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code ?? -1);
      done({ exitCode, stdout, stderr });
    });
  });
}
