import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const repository = resolve(import.meta.dirname, '../..');
const bin = (name: string): string => join(repository, 'node_modules/.bin', name);
const readJson = (file: string) => JSON.parse(readFileSync(join(repository, file), 'utf8'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe('packages', () => {
  const boundaries = (cwd: string) =>
    spawnSync(bin('turbo'), ['boundaries'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    });

  it('import only what their layer allows', () => {
    const { status, stdout, stderr } = boundaries(repository);

    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  it.each([
    ['host', 'abstractions', true],
    ['host', 'registry', false],
    ['abstractions', 'host', false],
    ['sdk', 'testing', false],
  ])('lets %s depend on %s: %s', (dependent, dependency, isAllowed) => {
    for (const file of ['package.json', 'pnpm-workspace.yaml', 'turbo.json']) {
      cpSync(join(repository, file), join(folder, file));
    }
    for (const name of [dependent, dependency]) {
      const dependencies = name === dependent ? { [`@layers/${dependency}`]: 'workspace:^' } : {};
      write(`packages/${name}/package.json`, JSON.stringify({ name: `@layers/${name}`, dependencies }));
      cpSync(join(repository, `packages/${name}/turbo.json`), join(folder, `packages/${name}/turbo.json`));
    }

    const { status, stderr } = boundaries(folder);

    expect({
      isClean: status === 0,
      isLayer: stderr.includes('found without any tag listed in allowlist'),
    }).toEqual({
      isClean: isAllowed,
      isLayer: !isAllowed,
    });
  });

  it('bring typebox alone along with the contracts', () => {
    expect(Object.keys(readJson('packages/abstractions/package.json').dependencies)).toEqual(['typebox']);
  });
});

describe('the ends of the sandbox', () => {
  const { overrides } = readJson('.oxlintrc.json');
  const lint = (file: string, imported: string): string => {
    write('.oxlintrc.json', JSON.stringify({ overrides }));
    write(join('packages/sandbox/src', file), `import { thing } from '${imported}';\nthing();\n`);
    return spawnSync(bin('oxlint'), ['-f', 'unix'], { cwd: folder, encoding: 'utf8' }).stdout;
  };

  it.each([
    ['client/a.ts', '../isolation/b.ts'],
    ['client/a.ts', '../runner/b.ts'],
    ['isolation/a.ts', '../client/b.ts'],
    ['isolation/a.ts', '../runner/b.ts'],
    ['runner/a.ts', '../client/b.ts'],
    ['runner/deep/a.ts', '../../isolation/b.ts'],
    ['wire/a.ts', '../client/b.ts'],
    ['client/a.ts', '../wire/gen/b.ts'],
    ['process-sandbox.ts', './wire/gen/b.ts'],
  ])('refuses that %s imports %s', (file, imported) => {
    expect(lint(file, imported)).toContain('no-restricted-imports');
  });

  it.each([
    ['client/a.ts', '../wire/b.ts'],
    ['process-sandbox.ts', './client/b.ts'],
    ['wire/a.ts', './gen/b.ts'],
  ])('allows that %s imports %s', (file, imported) => {
    expect(lint(file, imported)).not.toContain('no-restricted-imports');
  });
});
