import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './run.ts';

/** Somebody who installs some of the packages and runs `consumer/NAME.mjs` with them. */
export interface Consumer {
  readonly name: string;
  readonly packages: readonly string[];
  /** Packages and scopes that nothing may bring along: the promise of the layers. */
  readonly mustNotInstall: readonly string[];
}

/** Where the tarballs are, and the Nodes under which a consumer runs. */
export interface ConsumerOptions {
  readonly tarballs: string;
  readonly nodes: readonly string[];
}

const root = resolve(import.meta.dirname, '..');

/**
 * Installs a consumer's packages with npm in a new folder beside the tarballs, compiles their types, and runs the
 * consumer's program. Rejects when one of these fails, and when more is installed than may be.
 */
export async function useAsConsumer(consumer: Consumer, { tarballs, nodes }: ConsumerOptions): Promise<void> {
  const folder = join(tarballs, consumer.name);
  mkdirSync(folder);
  const pattern = `stellaops-plugin-{${consumer.packages.join(',')},}-[0-9]*.tgz`;
  await npmInstall(folder, globSync(join(tarballs, pattern)));
  for (const name of consumer.mustNotInstall) {
    if (!existsSync(join(folder, 'node_modules', name))) continue;
    const installed = consumer.packages.join(' + ');
    throw new Error(
      `Installing ${installed} brought ${name} along. See who depends on it: pnpm -r why ${name}`,
    );
  }

  const imports = consumer.packages
    .flatMap(entriesOf)
    .map((entry, index) => `export * as entry${index} from '${entry}';\n`);
  writeFileSync(join(folder, 'entries.ts'), imports.join(''));
  writeFileSync(join(folder, 'entries.mjs'), imports.join(''));
  copyFileSync(join(root, `tools/consumer/${consumer.name}.mjs`), join(folder, 'program.mjs'));
  const compilerOptions = `--noEmit --strict --module nodenext --target es2024 --types node --typeRoots`;
  await run('tsc', [...compilerOptions.split(' '), join(root, 'node_modules/@types'), 'entries.ts'], folder);
  for (const node of nodes) {
    await run(node, ['entries.mjs'], folder);
    await run(node, ['program.mjs'], folder);
  }
}

/** Installs with npm, as a user would, in a folder that has nothing yet; no script of any package runs. */
export async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const options = '--loglevel=error --no-audit --no-fund --ignore-scripts --prefer-offline';
  await run('npm', ['install', ...options.split(' '), ...packages], folder);
}

function entriesOf(name: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), 'utf8'));
  return Object.keys(manifest.publishConfig.exports)
    .filter((key) => !key.endsWith('.json'))
    .map((key) => `${manifest.name}${key.slice(1)}`);
}
