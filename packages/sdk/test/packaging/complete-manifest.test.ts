import { describe, expect, it } from '@jest/globals';
import { Bytes, defineCapability, definePlugin, Type } from '../../src/index.ts';
import { completeManifest } from '../../src/packaging.ts';
import { manifest } from './package-folder.ts';

const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: { greet: { request: Type.String(), response: Type.String() } },
});

describe('completeManifest', () => {
  it('writes the schema of the configuration, as plain JSON', () => {
    const config = Type.Object({ depth: Type.Integer({ default: 3 }), seal: Type.Optional(Bytes()) });
    const plugin = definePlugin({ config, initialize: () => ({}) });
    const { configSchema } = completeManifest(
      { ...manifest, configSchema: { type: 'object', title: 'old' } },
      { plugin },
    );
    expect(configSchema).toEqual({
      type: 'object',
      required: ['depth'],
      properties: { depth: { type: 'integer', default: 3 }, seal: { 'x-bytes': true } },
    });
    expect(structuredClone(configSchema)).toEqual(configSchema);
  });

  it('writes the fingerprints of the contracts that a module exports, and leaves the others', () => {
    const plugin = definePlugin({ initialize: () => ({}) });
    const declared = {
      ...manifest,
      provides: [...manifest.provides, { capability: 'Greeter', version: 2 }],
      requires: [{ capability: 'Greeter', version: 1, fingerprint: '0'.repeat(64) }],
    };
    const completed = completeManifest(declared, { plugin }, [{ Greeter, unrelated: 1, nothing: null }]);
    const { fingerprint } = Greeter;
    expect(completed).toEqual({
      ...manifest,
      provides: [
        { capability: 'Greeter', version: 1, fingerprint },
        { capability: 'Greeter', version: 2 },
      ],
      requires: [{ capability: 'Greeter', version: 1, fingerprint }],
    });
    expect(completeManifest(manifest, { plugin, Greeter }).provides[0]?.fingerprint).toBe(fingerprint);
  });

  it('changes nothing where the code says nothing, and not the manifest that it was given', () => {
    const plugin = definePlugin({ initialize: () => ({}) });
    const before = structuredClone(manifest);
    expect(completeManifest(manifest, { plugin })).toEqual(before);
    completeManifest(manifest, { plugin, Greeter });
    expect(manifest).toEqual(before);
  });

  it.each([
    [{}, 'exports nothing named `plugin`'],
    [{ plugin: {} }, 'was not made by definePlugin()'],
    [undefined, 'exports nothing named `plugin`'],
  ])('refuses an entry that exports no plugin: %j', (module, problem) => {
    expect(() => completeManifest(manifest, module)).toThrow(
      expect.objectContaining({ code: 'ENTRY_INVALID', message: expect.stringContaining(problem) }),
    );
  });
});
