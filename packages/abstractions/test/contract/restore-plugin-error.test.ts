import { describe, expect, it } from '@jest/globals';
import { errorCatalogue, type PluginErrorCode } from '../../src/contract/error-catalogue.ts';
import { PluginError } from '../../src/index.ts';
import { restorePluginError } from '../../src/hosting.ts';

const codes = Object.keys(errorCatalogue) as PluginErrorCode[];

describe.each(codes)('restoring %s', (code) => {
  const details = sampleDetails(code);

  it('gives the same error that was taken apart', () => {
    const original = new PluginError(code, details as never);
    const restored = restorePluginError(code, JSON.parse(JSON.stringify(original.details)));
    expect(restored?.toJSON()).toEqual(original.toJSON());
  });

  it('refuses details that lack one', () => {
    for (const name of Object.keys(details)) {
      const { [name]: _, ...rest } = details;
      expect(restorePluginError(code, rest)).toBeUndefined();
    }
  });

  it('refuses details of which one has another type', () => {
    for (const [name, value] of Object.entries(details)) {
      for (const wrong of [
        typeof value === 'number' ? String(value) : 1,
        null,
        undefined,
        {},
        [value],
        true,
      ]) {
        expect(restorePluginError(code, { ...details, [name]: wrong })).toBeUndefined();
      }
    }
  });
});

describe('restorePluginError', () => {
  it.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '',
    'registry_unavailable',
    'NO_SUCH_CODE',
  ])('refuses the code %j', (code) => {
    expect(restorePluginError(code, { problem: 'gone' })).toBeUndefined();
  });

  it.each([[undefined], [null], ['problem'], [7], [[]]])('refuses %j as details', (details) => {
    expect(restorePluginError('REGISTRY_UNAVAILABLE', details)).toBeUndefined();
  });

  it('takes nothing along that the code does not know', () => {
    const details = JSON.parse(
      '{ "problem": "gone", "path": "/etc", "__proto__": { "hidden": 1 } }',
    ) as unknown;
    const restored = restorePluginError('REGISTRY_UNAVAILABLE', details);
    expect(restored?.details).toEqual({ problem: 'gone' });
    expect(Object.getPrototypeOf(restored?.details)).toBe(Object.prototype);
  });

  it('keeps the cause that it is given', () => {
    const cause = new Error('far away');
    expect(restorePluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' }, { cause })?.cause).toBe(cause);
  });
});

function sampleDetails(code: PluginErrorCode): Record<string, string | number> {
  const names = [...errorCatalogue[code].matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, /(?:Ms|MiB|Bytes|Count)$/.test(name) ? 7 : name]));
}
