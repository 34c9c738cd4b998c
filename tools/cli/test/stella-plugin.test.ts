import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { files, workingFolder } from './command.ts';

// Each run of the command is a process of its own, which takes long on a busy machine.
describe('stella-plugin', () => {
  it('packs, signs, and explains a package that a host then trusts', async () => {
    await using folder = await workingFolder();
    expect(await folder.run('keygen', '--out', 'release.key')).toMatchObject({ exitCode: 0, stderr: '' });
    const packed = await folder.run('pack', 'package', '--key', 'release.key');
    expect(packed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(packed.stdout).toMatch(
      /^plugin  acme\.greeter 1\.0\.0\ndigest  [0-9a-f]{64}\nsigned  by key \S{44}\n$/,
    );
    const explained = await folder.run('explain', 'package', '--trust', 'acme=release.key.pub');
    expect(explained).toMatchObject({ exitCode: 0, stderr: '' });
    expect(explained.stdout).toContain('trust      trusted: signed by acme\n');
    expect(explained.stdout).toContain('verdict    would be admitted\n');
  });

  it('signs a package that was packed without a key', async () => {
    await using folder = await workingFolder();
    await folder.run('keygen', '--out', 'release.key');
    expect((await folder.run('pack', 'package')).stdout).toContain('signed  no');
    expect((await folder.run('explain', 'package', '--trust', 'acme=release.key.pub')).stdout).toContain(
      'not signed',
    );
    expect(await folder.run('sign', 'package', '--key', 'release.key')).toMatchObject({ exitCode: 0 });
    const explained = await folder.run('explain', 'package', '--json', '--trust', 'acme=release.key.pub');
    expect(JSON.parse(explained.stdout)).toMatchObject({
      admissible: true,
      trustLevel: 'trusted',
      reason: 'signed by acme',
    });
  });

  it('writes the fingerprints of contracts into the manifest', async () => {
    await using folder = await workingFolder();
    const contract = { id: 'Greeter', version: 1, fingerprint: 'a'.repeat(64), methods: {} };
    await writeFile(join(folder.path, 'contract.mjs'), `export const Greeter = ${JSON.stringify(contract)};`);
    expect(await folder.run('pack', 'package', '--contract', 'contract.mjs')).toMatchObject({ exitCode: 0 });
    const manifest = JSON.parse(await readFile(join(folder.package, 'plugin.json'), 'utf8'));
    expect(manifest.provides).toEqual([{ capability: 'Greeter', version: 1, fingerprint: 'a'.repeat(64) }]);
  });

  it('says why a package would be refused, and exits with 1', async () => {
    await using folder = await workingFolder();
    await folder.run('pack', 'package');
    await writeFile(join(folder.package, 'plugin.js'), 'changed');
    const explained = await folder.run('explain', 'package');
    expect(explained.exitCode).toBe(1);
    expect(explained.stdout).toContain('verdict    refused, PACKAGE_INVALID: ');
    expect(await folder.run('sign', 'package', '--key', 'none')).toMatchObject({ exitCode: 2 });
  });

  it('exits with 1 and one line when it refuses to pack', async () => {
    await using folder = await workingFolder({ ...files, 'plugin.json': '{}' });
    const { exitCode, stdout, stderr } = await folder.run('pack', 'package');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^MANIFEST_INVALID: The manifest of package is refused: .*\n$/);
  });

  it('shows nothing of a manifest that could steer the terminal', async () => {
    await using folder = await workingFolder({ ...files, 'plugin.json': '{ "\\u001b[2J\\u009b": 1 }' });
    const { stdout } = await folder.run('explain', 'package');
    expect(stdout).toContain('[2J');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('stella-plugin keygen', () => {
  it('writes the private key for its owner alone', async () => {
    await using folder = await workingFolder();
    expect((await folder.run('keygen')).exitCode).toBe(0);
    expect((await stat(join(folder.path, 'stella-plugin.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder.path, 'stella-plugin.key'), 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----/,
    );
    expect(await readFile(join(folder.path, 'stella-plugin.key.pub'), 'utf8')).toMatch(
      /^-----BEGIN PUBLIC KEY-----/,
    );
  });

  it.each(['a.key', 'a.key.pub'])(
    'overwrites nothing when %s is there, and leaves no half of a pair',
    async (name) => {
      await using folder = await workingFolder({});
      await writeFile(join(folder.path, name), 'precious');
      const { exitCode, stderr } = await folder.run('keygen', '--out', 'a.key');
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${name} exists, and no key is overwritten`);
      expect(await readdir(folder.path)).toEqual([name]);
      expect(await readFile(join(folder.path, name), 'utf8')).toBe('precious');
    },
  );
});

describe('wrong use of stella-plugin', () => {
  it.each([
    ['an unknown command', ['frobnicate'], 'There is no command "frobnicate".'],
    ['a command of every object', ['toString'], 'There is no command "toString".'],
    ['an unknown option', ['pack', 'package', '--frob'], "Unknown option '--frob'"],
    ['no directory', ['pack'], 'Name one DIRECTORY'],
    ['two directories', ['explain', 'a', 'b'], 'Name one DIRECTORY'],
    ['no key', ['sign', 'package'], '--key FILE'],
    [
      'a key that is not there',
      ['pack', 'package', '--key', 'none.key'],
      'none.key of --key cannot be read (ENOENT)',
    ],
    ['a key that is none', ['pack', 'package', '--key', 'package/plugin.js'], 'lies in the package'],
    ['a signer without a file', ['explain', 'package', '--trust', 'acme'], '--trust takes NAME=FILE'],
    [
      'a signer whose file is no key',
      ['explain', 'package', '--trust', 'acme=package/plugin.js'],
      'is no PEM text',
    ],
    ['a contract that is not there', ['pack', 'package', '--contract', 'none.js'], 'none.js of --contract'],
  ])('is told with the way out and exit code 2: %s', async (_, args, problem) => {
    await using folder = await workingFolder();
    const { exitCode, stdout, stderr } = await folder.run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('stella-plugin --help');
  });

  it('refuses to ship the private key inside of the package', async () => {
    await using folder = await workingFolder();
    await folder.run('keygen', '--out', 'package/release.key');
    const { exitCode, stderr } = await folder.run('pack', 'package', '--key', 'package/release.key');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('would be shipped with it');
    expect(await readdir(folder.package)).not.toContain('SHA256SUMS');
  });

  it.each([[[]], [['--help']], [['pack', '--help']]])('%j prints what there is', async (args) => {
    await using folder = await workingFolder({});
    const { exitCode, stdout } = await folder.run(...args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('stella-plugin explain DIRECTORY');
  });
});
