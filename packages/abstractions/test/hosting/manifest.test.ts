import { describe, expect, it } from '@jest/globals';
import { isPluginError } from '../../src/index.ts';
import { parseManifest } from '../../src/hosting.ts';

const manifest = {
  manifestVersion: 1,
  id: 'acme.scanner',
  name: 'Scanner',
  version: '1.2.3',
  entry: 'dist/plugin.js',
  provides: [{ capability: 'CanScan', version: 1 }],
};
const declaration = { capability: 'CanScan', version: 1 };

describe('parseManifest', () => {
  it('takes a manifest with everything in it, and hands on the very value', () => {
    const full = {
      ...manifest,
      $schema: 'https://example.com/plugin.schema.json',
      description: 'Finds components.',
      author: 'ACME',
      engines: { host: '^0.1.0', node: '>=22' },
      provides: [{ ...declaration, parameters: { ecosystems: ['npm'] }, fingerprint: 'a'.repeat(64) }],
      requires: [{ ...declaration, version: 2 }],
      configSchema: { type: 'object' },
      trust: 'untrusted',
      limits: {
        memoryLimitMiB: 64,
        cpuLimitCores: 0.5,
        maxProcesses: 16,
        maxOpenFiles: 32,
        temporarySpaceMiB: 1,
        fileSizeLimitMiB: 1,
      },
    };
    expect(parseManifest(full, '/plugins/scanner')).toBe(full);
  });

  it.each([
    ['the manifest', { ...manifest, 'x-build': 7 }],
    ['engines', { ...manifest, engines: { 'x-python': '3' } }],
    ['a capability that it provides', { ...manifest, provides: [{ ...declaration, 'x-note': {} }] }],
    ['a capability that it requires', { ...manifest, requires: [{ ...declaration, 'x-note': [] }] }],
    ['limits', { ...manifest, limits: { 'x-gpu': 1 } }],
  ])('allows a field that begins with x- in %s', (_, value) => {
    expect(parseManifest(value, 'here')).toBe(value);
  });

  it.each([
    ['an unknown field', { ...manifest, entyr: 'a.js' }, 'has the unknown field "entyr"'],
    [
      'an unknown field in engines',
      { ...manifest, engines: { deno: '2' } },
      '/engines has the unknown field "deno"',
    ],
    [
      'an unknown field in limits',
      { ...manifest, limits: { disk: 1 } },
      '/limits has the unknown field "disk"',
    ],
    [
      'an unknown field in provides',
      { ...manifest, provides: [{ ...declaration, name: 'a' }] },
      '/provides/0 has the unknown field "name"',
    ],
    [
      'an unknown field in requires',
      { ...manifest, requires: [{ ...declaration, name: 'a' }] },
      '/requires/0 has the unknown field "name"',
    ],
    ['a field that is called x', { ...manifest, x: 1 }, 'has the unknown field "x"'],
    ['a field that only ends in x-', { ...manifest, 'max-': 1 }, 'has the unknown field "max-"'],
    [
      'a field named __proto__',
      JSON.parse(`{ "__proto__": {}, ${JSON.stringify(manifest).slice(1)}`),
      'has the unknown field "__proto__"',
    ],
    ['an id that is not reverse-dotted', { ...manifest, id: 'scanner' }, '/id must match pattern'],
    ['an id in upper case', { ...manifest, id: 'acme.Scanner' }, '/id must match pattern'],
    ['an id that leaves its folder', { ...manifest, id: 'acme../../etc' }, '/id must match pattern'],
    ['an id with a line after it', { ...manifest, id: 'acme.scanner\n' }, '/id must match pattern'],
    [
      'an id of 129 letters',
      { ...manifest, id: `a.${'b'.repeat(127)}` },
      '/id must not have more than 128 characters',
    ],
    ['a name that is empty', { ...manifest, name: '' }, '/name must not have fewer than 1 characters'],
    ['a name that is no text', { ...manifest, name: 7 }, '/name must be string'],
    ['an entry that is empty', { ...manifest, entry: '' }, '/entry must not have fewer than 1 characters'],
    [
      'a capability that it provides without a version',
      { ...manifest, provides: [{ capability: 'CanScan' }] },
      '/provides/0 lacks the field "version"',
    ],
    [
      'a capability version 0',
      { ...manifest, provides: [{ ...declaration, version: 0 }] },
      '/provides/0/version must be >= 1',
    ],
    [
      'a capability version 1.5',
      { ...manifest, provides: [{ ...declaration, version: 1.5 }] },
      '/provides/0/version must be integer',
    ],
    [
      'a capability with a space',
      { ...manifest, provides: [{ ...declaration, capability: 'Can Scan' }] },
      '/provides/0/capability must match pattern',
    ],
    [
      'a fingerprint that is none',
      { ...manifest, provides: [{ ...declaration, fingerprint: 'AB' }] },
      '/provides/0/fingerprint must match pattern',
    ],
    ['provides that is no list', { ...manifest, provides: {} }, '/provides must be array'],
    [
      '65 capabilities',
      { ...manifest, provides: Array.from({ length: 65 }, (_, n) => ({ ...declaration, version: n + 1 })) },
      '/provides must not have more than 64 items',
    ],
    [
      'a capability that it provides twice',
      { ...manifest, provides: [declaration, declaration] },
      '"provides" names CanScan v1 twice',
    ],
    [
      'a capability that it requires twice',
      { ...manifest, requires: [declaration, declaration] },
      '"requires" names CanScan v1 twice',
    ],
    ['trust that asks for more', { ...manifest, trust: 'trusted' }, '/trust must be "untrusted"'],
    ['a built-in tier', { ...manifest, trust: 'builtIn' }, '/trust must be "untrusted"'],
    [
      'too little memory to run in',
      { ...manifest, limits: { memoryLimitMiB: 1 } },
      '/limits/memoryLimitMiB must be >= 16',
    ],
    [
      'a limit that is no number',
      { ...manifest, limits: { maxProcesses: '64' } },
      '/limits/maxProcesses must be integer',
    ],
    ['a configSchema that is no object', { ...manifest, configSchema: true }, '/configSchema must be object'],
    ['a configSchema that is a list', { ...manifest, configSchema: [] }, '/configSchema must be object'],
    ['a manifestVersion that is a text', { ...manifest, manifestVersion: '1' }, '/manifestVersion must be 1'],
    ['a list', [], 'must be object'],
    ['null', null, 'must be object'],
    ['a text', 'plugin', 'must be object'],
    ['nothing', undefined, 'must be object'],
  ])('refuses %s and names the problem', (_, value, problem) => {
    const error = refusal(value);
    expect(error.details.source).toBe('/plugins/scanner');
    expect(error.details.problem).toContain(problem);
    expect(error.message).toContain('The manifest of /plugins/scanner is refused');
  });

  it.each(['manifestVersion', 'id', 'name', 'version', 'entry', 'provides'])(
    'refuses a manifest that lacks %s',
    (field) => {
      const { [field as keyof typeof manifest]: _, ...rest } = manifest;
      expect(refusal(rest).details.problem).toBe(`lacks the field "${field}"`);
    },
  );

  it('says which manifestVersion it reads before it complains of anything else', () => {
    const { problem } = refusal({ manifestVersion: 2, entries: [] }).details;
    expect(problem).toBe('its manifestVersion is 2, and this host reads 1');
  });

  it('names every problem of a manifest with a few, and counts the rest of one with many', () => {
    expect(refusal({ ...manifest, id: 7, name: 7 }).details.problem).toBe(
      '/id must be string; /name must be string',
    );
    const { problem } = refusal({
      manifestVersion: 1,
      id: 1,
      name: 1,
      version: 1,
      entry: 1,
      provides: 1,
      requires: 1,
      trust: 1,
    }).details;
    expect(problem).toMatch(/; and 3 more$/);
  });

  it('allows one capability in two versions, and one both provided and required', () => {
    const value = {
      ...manifest,
      provides: [declaration, { ...declaration, version: 2 }],
      requires: [declaration],
    };
    expect(parseManifest(value, 'here')).toBe(value);
  });
});

function refusal(value: unknown) {
  try {
    parseManifest(value, '/plugins/scanner');
  } catch (error) {
    if (isPluginError(error, 'MANIFEST_INVALID')) return error;
    throw error;
  }
  throw new Error('the manifest was taken');
}
