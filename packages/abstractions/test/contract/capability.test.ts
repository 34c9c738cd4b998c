import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { Bytes, capabilityName, defineCapability, implement } from '../../src/index.ts';

const methods = {
  scan: { request: Type.Object({ path: Type.String() }), response: Type.Integer() },
} as const;

describe('defineCapability', () => {
  it.each(['', '1Scan', '.Scan', 'Can Scan', 'Can_Scan', 'Can/Scan', 'Scän', 'A'.repeat(129)])(
    'refuses the id %j, which no manifest could name',
    (id) => {
      expect(() => defineCapability({ id, version: 1, methods })).toThrow(
        `"${id}" is no capability id: a letter, then letters, digits, "." and "-"`,
      );
    },
  );

  it.each(['A', 'CanScan', 'acme.can-scan.2', 'A'.repeat(128)])('takes the id %s', (id) => {
    expect(defineCapability({ id, version: 1, methods }).id).toBe(id);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 53])('refuses the version %d', (version) => {
    expect(() => defineCapability({ id: 'CanScan', version, methods })).toThrow(
      'The version of CanScan must be a whole number from 1',
    );
  });

  it('gives a value that nobody can change afterwards, nor through what it was made of', () => {
    const mutable: Record<string, (typeof methods)['scan']> = { ...methods };
    const CanScan = defineCapability({ id: 'CanScan', version: 1, methods: mutable });
    mutable['extra'] = methods.scan;
    expect(Object.isFrozen(CanScan)).toBe(true);
    expect(Object.isFrozen(CanScan.methods)).toBe(true);
    expect(Object.keys(CanScan.methods)).toEqual(['scan']);
  });

  it('is called by its id and version', () => {
    expect(capabilityName({ id: 'CanScan', version: 3 })).toBe('CanScan v3');
  });

  it('keeps the very object that implements it', () => {
    const CanScan = defineCapability({ id: 'CanScan', version: 1, methods });
    const api = { scan: () => Promise.resolve(1) };
    expect(implement(CanScan, api).api).toBe(api);
    expect(implement(CanScan, api).capability).toBe(CanScan);
  });
});

describe('the fingerprint of a capability', () => {
  const fingerprint = (contract: Omit<Parameters<typeof defineCapability>[0], 'id' | 'version'>) =>
    defineCapability({ id: 'CanScan', version: 1, ...contract }).fingerprint;

  it('is a SHA-256 in hex, the same in every version of this package: manifests have it', () => {
    expect(fingerprint({ methods })).toBe('64a5be351c35424f381c3f6f25516798f4f56c86238e71426a1bf5727131fe27');
  });

  it('is the same when methods, fields and keywords are written in another order', () => {
    const one = Type.Object({ a: Type.String({ minLength: 1, maxLength: 2 }), b: Type.Number() });
    const other = Type.Object({ b: Type.Number(), a: Type.String({ maxLength: 2, minLength: 1 }) });
    expect(
      fingerprint({ methods: { x: { request: one, response: one }, y: { request: one, response: one } } }),
    ).toBe(
      fingerprint({
        methods: { y: { response: other, request: other }, x: { response: other, request: other } },
      }),
    );
  });

  it.each([
    ['another field', { scan: { request: Type.Object({ file: Type.String() }), response: Type.Integer() } }],
    ['another bound', { scan: { ...methods.scan, response: Type.Integer({ minimum: 0 }) } }],
    [
      'an optional field',
      { scan: { ...methods.scan, request: Type.Object({ path: Type.Optional(Type.String()) }) } },
    ],
    ['a stream', { scan: { request: methods.scan.request, responseStream: Type.Integer() } }],
    ['bytes', { scan: { ...methods.scan, response: Bytes() } }],
    [
      'another order where order counts',
      { scan: { ...methods.scan, response: Type.Tuple([Type.Integer(), Type.String()]) } },
    ],
    ['another method name', { scanAll: methods.scan }],
    ['one more method', { ...methods, stop: methods.scan }],
  ])('differs for %s', (_, changed) => {
    expect(fingerprint({ methods: changed })).not.toBe(fingerprint({ methods }));
  });

  it('differs between two orders of a tuple', () => {
    const tuple = (...items: Parameters<typeof Type.Tuple>[0]) => ({
      methods: { scan: { request: Type.Tuple(items), response: Type.Null() } },
    });
    expect(fingerprint(tuple(Type.String(), Type.Number()))).not.toBe(
      fingerprint(tuple(Type.Number(), Type.String())),
    );
  });

  it('differs for another id, version or parameters', () => {
    const all = [
      defineCapability({ id: 'CanScan', version: 1, methods }),
      defineCapability({ id: 'CanScan', version: 2, methods }),
      defineCapability({ id: 'CanLook', version: 1, methods }),
      defineCapability({ id: 'CanScan', version: 1, methods, parameters: Type.Object({ a: Type.String() }) }),
    ];
    expect(new Set(all.map((capability) => capability.fingerprint)).size).toBe(all.length);
  });
});
