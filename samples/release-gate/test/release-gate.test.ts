import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const sample = resolve(import.meta.dirname, '..');
const npmLockfile = join(sample, 'scanner/test/fixtures/package-lock.v3.json');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-gate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runGate(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  const child = spawn(process.execPath, [join(sample, 'src/main.ts'), ...args], {
    cwd: folder,
    env: {
      ...process.env,
      INIT_CWD: folder,
      XDG_DATA_HOME: folder,
      DATABASE_URL: '',
      NO_COLOR: '1',
      ...environment,
    },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, stdout, stderr };
}

describe('the release gate', () => {
  it('lets this repository pass, with a plugin of each tier', async () => {
    const { code, stdout, stderr } = await runGate([]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /stellaops\.policy-evaluator +1\.0\.0 +builtIn +linked in by the host +active +\d+ ms/,
    );
    expect(stdout).toMatch(
      /stellaops\.evidence-connector +1\.0\.0 +trusted +signed by release-gate-sample +active +\d+ ms/,
    );
    expect(stdout).toMatch(/stellaops\.lockfile-scanner +1\.0\.0 +untrusted +not signed +active +\d+ ms/);
    expect(stdout).toMatch(/ 100 % .*\n {2}\d{3,} components in /);
    expect(stdout).toMatch(/PASS with \d+ warnings/);
    expect(stdout).toMatch(/delivered to http:\/\/127\.0\.0\.1:\d+\/evidence, receipt [0-9a-f]{64}/);
  });

  it('remembers its plugins and its runs, in the folder that it is told', async () => {
    const gate = () => runGate([npmLockfile, '--registry', 'remembered']);
    const [first, second] = [await gate(), await gate()];

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.stdout).toContain(`${join(folder, 'remembered')}, 1 run so far`);
    expect(second.stdout).toContain(`${join(folder, 'remembered')}, 2 runs so far`);
    const known = /stellaops\.lockfile-scanner +1\.0\.0 +\d{4}-\d\d-\d\d \d\d:\d\d\n/;
    expect(known.exec(second.stdout)?.[0]).toBe(known.exec(first.stdout)?.[0]);
  });

  it('reads a package-lock.json, by a path from where the user is', async () => {
    writeFileSync(join(folder, 'package-lock.json'), readFileSync(npmLockfile));

    const { code, stdout } = await runGate(['package-lock.json']);

    expect(code).toBe(0);
    expect(stdout).toContain('25 components');
    expect(stdout).toMatch(/duplicate +left-pad +2 versions: 1\.1\.3, 1\.3\.0/);
  });

  it('holds back a release that contains what the rules deny', async () => {
    const rules = write('deny.json', {
      denied: [{ name: 'left-pad', range: '<1.2.0', reason: 'it was unpublished' }],
    });

    const { code, stdout } = await runGate([npmLockfile, '--rules', rules]);

    expect(code).toBe(1);
    expect(stdout).toMatch(
      /FAIL with 1 violation and 2 warnings\n +fail +denied +left-pad 1\.1\.3 +it was unpublished/,
    );
    expect(stdout).toContain('delivered to');
  });

  it('survives the crash of the scanner in the middle of a call, and leaves no process of it', async () => {
    const { code, stdout, stderr } = await runGate(['--crash']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      'not scanned: SANDBOX_EXITED: The sandbox of plugin stellaops.lockfile-scanner is gone',
    );
    expect(stdout).toMatch(/FAIL with 1 violation\n +fail +notScanned/);
    expect(stdout).toContain('delivered to');
    expect(stdout).toMatch(
      /Plugins after the crash\n.*\n.* active .*\n.* active .*\n.*lockfile-scanner .* failed /,
    );
    expect(stdout).toContain('The crash stayed in the sandbox');
    const processId = Number(/SIGKILL to its process (\d+)/.exec(stdout)?.[1]);
    expect(() => process.kill(processId, 0)).toThrow('ESRCH');
  });

  it.each([
    ['a release', []],
    ['the lesson of a crash that never was', ['--crash']],
  ])('holds back %s when the scanner cannot be isolated', async (_, options) => {
    write('bwrap', "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
    chmodSync(join(folder, 'bwrap'), 0o755);

    const { code, stdout } = await runGate([npmLockfile, ...options], { PATH: folder });

    expect(code).toBe(1);
    expect(stdout).toContain('SANDBOX_UNSUPPORTED');
    expect(stdout).toMatch(/FAIL with 1 violation\n +fail +notScanned/);
    expect(stdout).toContain('delivered to');
    expect(stdout).not.toContain('The crash stayed in the sandbox');
  });
});

describe('bad input', () => {
  it.each([
    [
      'a lockfile that is not there',
      () => ['nowhere.yaml'],
      'nowhere.yaml cannot be read: there is no such file',
    ],
    ['a folder', () => ['.'], 'cannot be read: it is a folder'],
    [
      'what is no lockfile',
      () => [write('notes.txt', 'hello')],
      'notes.txt is neither a pnpm-lock.yaml nor a package-lock.json',
    ],
    ['rules that are no JSON', () => ['--rules', write('broken.json', '{')], 'broken.json is not valid JSON'],
    [
      'rules with a range that is none',
      () => ['--rules', write('range.json', { denied: [{ name: 'ms', range: 'old', reason: 'old' }] })],
      'range.json is refused: /denied/0/range must be a SemVer range',
    ],
    [
      'rules with a misspelt field',
      () => ['--rules', write('field.json', { deny: [] })],
      'has the unknown field "deny"',
    ],
    ['an unknown option', () => ['--fast'], "Unknown option '--fast'"],
  ])('%s ends with 2 and one sentence', async (_, args, sentence) => {
    const { code, stderr } = await runGate(args());

    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is helped by --help', async () => {
    const { code, stdout } = await runGate(['--help']);

    expect(code).toBe(0);
    expect(stdout).toContain('Usage: pnpm start [LOCKFILE] [--rules FILE] [--registry FOLDER] [--crash]');
  });
});
