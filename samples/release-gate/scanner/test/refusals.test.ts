import { describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { ScanEvent } from '@stellaops-samples/release-gate-contracts';
import { scanText } from './scan-text.ts';

const pnpm = (entries: string): string => `lockfileVersion: '9.0'\npackages:\n  ${entries}\n`;
const manyAliases = 'abcdefghi'
  .split('')
  .map((name, i, all) => `${name}: &${name} [${`*${all[i - 1]}, `.repeat(9)}]`);

describe('the scanner refuses', () => {
  it.each([
    ['an empty file', '', 'unknownFormat', 'neither a pnpm-lock.yaml nor a package-lock.json'],
    [
      'a package.json',
      '{ "name": "app" }',
      'unknownFormat',
      'neither a pnpm-lock.yaml nor a package-lock.json',
    ],
    ['a yarn.lock', '# yarn lockfile v1\n\nms@^2.1.1:\n  version "2.1.3"\n', 'unknownFormat', 'neither'],
    [
      'a package-lock.json of npm 6',
      '{ "lockfileVersion": 1 }',
      'unsupportedVersion',
      'npm install --package-lock-only',
    ],
    ['a pnpm-lock.yaml of pnpm 7', 'lockfileVersion: 5.4\n', 'unsupportedVersion', 'version 5.4'],
    ['a lockfile of the future', "lockfileVersion: '12.0'\n", 'unsupportedVersion', 'version 12.0'],
    ['broken JSON', '{ "lockfileVersion": 3, ', 'malformed', 'not valid JSON'],
    ['broken YAML, with its place', "lockfileVersion: '9.0'\npackages: [\n", 'malformed', 'line 3, column 1'],
    ['a conflict of git', "<<<<<<< HEAD\nlockfileVersion: '9.0'\n=======\n", 'malformed', 'not valid YAML'],
    [
      'aliases that stand for billions of nodes',
      ["lockfileVersion: '9.0'", 'a: &a []', ...manyAliases.slice(1)].join('\n'),
      'malformed',
      'alias',
    ],
    ['a deep nest', `lockfileVersion: '9.0'\npackages: ${'['.repeat(5000)}`, 'malformed', 'nesting'],
    ['packages that are a list', "lockfileVersion: '9.0'\npackages: [1]\n", 'malformed', '/packages'],
    ['a package without a resolution', pnpm('left-pad@1.3.0: {}'), 'malformed', 'resolution'],
    ['a package without a version', pnpm('left-pad: {resolution: {integrity: x}}'), 'malformed', 'left-pad'],
    ['a package without a name', pnpm("'@1.3.0': {resolution: {integrity: x}}"), 'malformed', 'no package'],
    [
      'a name that would clear the terminal',
      pnpm('"\\e[2J@1.3.0": {resolution: {integrity: x}}'),
      'malformed',
      'no package',
    ],
    ['a name on two lines', pnpm('"a\\nb@1.3.0": {resolution: {integrity: x}}'), 'malformed', 'no package'],
    [
      'an entry that is no object',
      '{ "lockfileVersion": 3, "packages": { "node_modules/ms": 1 } }',
      'malformed',
      'node_modules',
    ],
    [
      'an entry with a control character in its place',
      '{ "lockfileVersion": 3, "packages": { "node_modules/m\\u001bs": { "version": "1.0.0" } } }',
      'malformed',
      'no package',
    ],
  ])('%s', async (_, lockfile, reason, problem) => {
    const answer = (await scanText(lockfile)).at(-1);

    expect(answer).toMatchObject({ kind: 'refused', reason, problem: expect.stringContaining(problem) });
    expect(Compile(ScanEvent).Check(answer)).toBe(true);
  });

  it('what is no text', async () => {
    expect((await scanText(Uint8Array.of(0xff, 0xfe, 0x00))).at(-1)).toMatchObject({
      kind: 'refused',
      reason: 'malformed',
    });
  });

  it('text that ends in the middle of a character', async () => {
    const cut = Buffer.from("lockfileVersion: '9.0' # €").subarray(0, -1);

    expect((await scanText(cut)).at(-1)).toMatchObject({ kind: 'refused', reason: 'malformed' });
  });

  it('a lockfile that is too large, without reading all of it', async () => {
    let given = 0;
    const { scan } = await import('../src/scan.ts');
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 1;
        yield Buffer.alloc(1024 * 1024, '#');
      }
    }

    const events = await Array.fromAsync(scan(endless()));

    expect(events.at(-1)).toMatchObject({
      kind: 'refused',
      reason: 'tooLarge',
      problem: 'is larger than 4 MiB',
    });
    expect(given).toBe(5);
  });
});
