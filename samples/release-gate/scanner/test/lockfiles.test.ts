import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { componentsOf, fixture, namesOf, scanText } from './scan-text.ts';

// Workspaces that link each other, an alias, a tarball, an optional package of another platform, peers in two versions.
const project = [
  '@babel/helper-string-parser@7.27.1',
  'anymatch@3.1.3',
  'binary-extensions@2.3.0',
  'braces@3.0.3',
  'chokidar@3.6.0',
  'fill-range@7.1.1',
  'fsevents@2.3.3',
  'glob-parent@5.1.2',
  'is-binary-path@2.1.0',
  'is-extglob@2.1.1',
  'is-glob@4.0.3',
  'is-number@7.0.0',
  'js-tokens@4.0.0',
  'left-pad@1.1.3',
  'left-pad@1.3.0',
  'loose-envify@1.4.0',
  'ms@2.1.3',
  'normalize-path@3.0.0',
  'object-assign@4.1.1',
  'picomatch@2.3.2',
  'react@17.0.2',
  'react@18.3.1',
  'readdirp@3.6.0',
  'to-regex-range@5.0.1',
  'use-sync-external-store@1.2.0',
];

describe('a lockfile', () => {
  it.each(['pnpm-lock.v9.yaml', 'pnpm-lock.v6.yaml', 'package-lock.v3.json'])(
    'gives the same components in every format: %s',
    async (name) => {
      expect(await namesOf(fixture(name))).toEqual(project);
    },
  );

  it('of this repository gives what a count of its lines gives', async () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../../../pnpm-lock.yaml'), 'utf8');
    const section = text.slice(text.indexOf('\npackages:\n'), text.indexOf('\nsnapshots:\n'));
    const keys = section.match(/^ {2}\S.*@.*:$/gm) ?? [];

    expect(await namesOf(text)).toHaveLength(keys.length);
    expect(keys.length).toBeGreaterThan(400);
  });

  it('is read the same in small pieces, even where they cut a character in two', async () => {
    const text = `${fixture('pnpm-lock.v9.yaml')}# é €\n`;

    const [whole, inPieces] = await Promise.all([scanText(text), scanText(text, 7)]);

    expect(inPieces.filter(({ kind }) => kind !== 'read')).toEqual(
      whole.filter(({ kind }) => kind !== 'read'),
    );
  });

  it('is recognized, counted, and given in batches', async () => {
    const entries = Array.from(
      { length: 250 },
      (_, index) => `  p${index}@1.0.0:\n    resolution: {integrity: x}\n`,
    );

    const events = await scanText(`lockfileVersion: '9.0'\npackages:\n${entries.join('')}`);

    expect(
      events.map((event) => (event.kind === 'components' ? event.components.length : event.kind)),
    ).toEqual(['read', 'recognized', 100, 100, 50]);
    expect(events[1]).toEqual({ kind: 'recognized', format: 'pnpm-lock.yaml 9.0', componentCount: 250 });
  });

  it('without packages has no components', async () => {
    expect((await scanText("lockfileVersion: '9.0'\nimporters:\n  .: {}\n")).at(-1)).toMatchObject({
      componentCount: 0,
    });
  });
});

describe('a package URL', () => {
  const purls = async (lockfile: string) => (await componentsOf(lockfile)).map(({ purl }) => purl);

  it('has the scope of a package as its namespace', async () => {
    expect(await purls(pnpm("'@babel/core@7.0.0': {resolution: {integrity: x}}"))).toEqual([
      'pkg:npm/%40babel/core@7.0.0',
    ]);
  });

  it('says which repository a package comes from', async () => {
    const entry = `'kleur@https://git.example/kleur.git#f00': {resolution: {type: git, repo: https://git.example/kleur.git, commit: f00}, version: 4.1.5}`;

    expect(await purls(pnpm(entry))).toEqual([
      'pkg:npm/kleur@4.1.5?vcs_url=git%2Bhttps%3A%2F%2Fgit.example%2Fkleur.git%40f00',
    ]);
  });

  it('says which address a package comes from', async () => {
    const entry = `'kleur@https://example.org/kleur.tgz': {resolution: {tarball: https://example.org/kleur.tgz}, version: 4.1.5}`;

    expect(await purls(pnpm(entry))).toEqual([
      'pkg:npm/kleur@4.1.5?download_url=https%3A%2F%2Fexample.org%2Fkleur.tgz',
    ]);
  });
});

describe('a pnpm-lock.yaml', () => {
  it('may have a document of pnpm itself before it', async () => {
    const own = "---\nlockfileVersion: '9.0'\npackages:\n  pnpm@12.0.0: {resolution: {integrity: x}}\n---\n";

    expect(await namesOf(own + pnpm('left-pad@1.3.0: {resolution: {integrity: x}}'))).toEqual([
      'left-pad@1.3.0',
    ]);
  });

  it('of version 6 names a package from elsewhere in its entry', async () => {
    const entry =
      'github.com/a/kleur/f00: {resolution: {tarball: https://example.org/f00}, name: kleur, version: 4.1.5}';

    expect(await namesOf(pnpm(entry, '6.0'))).toEqual(['kleur@4.1.5']);
  });

  it('has the peers of a package apart from its version', async () => {
    const entries = [
      "'/use-it@1.2.0(react@17.0.2)': {resolution: {integrity: x}}",
      "'/use-it@1.2.0(react@18.3.1)': {resolution: {integrity: x}}",
    ];

    expect(await namesOf(pnpm(entries.join('\n  '), '6.0'))).toEqual(['use-it@1.2.0']);
  });
});

describe('a package-lock.json', () => {
  it('counts a package once, wherever it stands, bundled ones too', async () => {
    const packages = {
      '': { name: 'app', version: '1.0.0' },
      'node_modules/ms': { version: '2.1.3' },
      'node_modules/debug/node_modules/ms': { version: '2.1.3' },
      'node_modules/tar/node_modules/@isaacs/fs': { version: '4.0.0', inBundle: true },
      'node_modules/tool': { resolved: 'tool', link: true },
      tool: { name: 'tool', version: '1.0.0' },
      'tool/node_modules/ms': { version: '2.0.0' },
      'node_modules/not-for-this-platform': { optional: true },
    };

    expect(await namesOf(JSON.stringify({ lockfileVersion: 2, packages }))).toEqual([
      '@isaacs/fs@4.0.0',
      'ms@2.0.0',
      'ms@2.1.3',
    ]);
  });

  it('says which repository a package comes from', async () => {
    const resolved = 'git+ssh://git@git.example/a/kleur.git#f00';
    const packages = { 'node_modules/kleur': { version: '4.1.5', resolved } };

    const [component] = await componentsOf(JSON.stringify({ lockfileVersion: 3, packages }));

    expect(component?.purl).toBe(`pkg:npm/kleur@4.1.5?vcs_url=${encodeURIComponent(resolved)}`);
  });
});

function pnpm(entries: string, version = '9.0'): string {
  return `lockfileVersion: '${version}'\npackages:\n  ${entries}\n`;
}
