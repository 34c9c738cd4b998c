/** `pnpm run packages`: packs what would be published, checks the tarballs, and uses them from folders outside the workspace. */
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { useAsConsumer, type Consumer } from './consumer.ts';
import { installOldestNode } from './oldest-node.ts';
import { run } from './run.ts';
import { runTurbo } from './turbo.ts';

const names = globSync('packages/*').map((path) => basename(path));

const consumers: readonly Consumer[] = [
  {
    name: 'built-in-host',
    packages: ['abstractions', 'host', 'sdk'],
    mustNotInstall: ['@grpc', '@bufbuild', '@electric-sql', 'esbuild', 'kysely', 'pg'],
  },
  { name: 'everything', packages: names, mustNotInstall: ['@electric-sql', 'esbuild', 'pg'] },
];

// The compiler leaves the output of a source that is gone: it must not be packed.
for (const file of globSync('packages/*/dist/**/*.{js,d.ts}{,.map}')) {
  const source = file.replace('/dist/', '/src/').replace(/(\.js|\.d\.ts)(\.map)?$/, '.ts');
  if (!existsSync(source)) rmSync(file);
}
if (runTurbo(['run', 'build', 'bundle', '--filter=./packages/*'], { quiet: true }) !== 0) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), 'stellaops-packages-'));
try {
  await run('pnpm', ['-r', '--filter', './packages/*', 'pack', '--pack-destination', folder]);
  const oldestNode = await installOldestNode(join(folder, 'oldest-node'));
  const nodes = [process.execPath, oldestNode].filter((node) => node !== undefined);
  await Promise.all([
    checkTarballs(),
    ...consumers.map((consumer) => useAsConsumer(consumer, { tarballs: folder, nodes })),
  ]);
  const versions = await Promise.all(nodes.map((node) => run(node, ['--version'])));
  const under = versions.map((version) => version.trim()).join(' and ');
  console.log(`${names.length} packages packed, checked, installed with npm, and used under Node ${under}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function checkTarballs(): Promise<void> {
  const tarballs = globSync(join(folder, '*.tgz'));
  for (const tarball of tarballs.toSorted()) {
    await run('publint', [tarball, '--strict']);
    await run('attw', ['--profile', 'esm-only', tarball]);
  }
}
