import { describe, expect, it } from '@jest/globals';
import { errorCatalogue, type PluginErrorCode } from '../../src/contract/error-catalogue.ts';
import { isPluginError, PluginError } from '../../src/index.ts';

const codes = Object.keys(errorCatalogue) as PluginErrorCode[];

describe.each(codes)('the error %s', (code) => {
  const names = [...errorCatalogue[code].matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const details = Object.fromEntries(
    names.map((name, index) => [name, isNumber(name) ? 1000 + index : `<${name}>`]),
  );

  it('builds a sentence that says all of its details, and nothing else in braces', () => {
    const { message } = new PluginError(code, details as never);
    for (const value of Object.values(details)) expect(message).toContain(String(value));
    expect(message).not.toMatch(/[{}]|undefined/);
    expect(message).toMatch(/^[A-Z<].*[.>]$/);
    expect(names.length).toBeGreaterThan(0);
  });

  it('ends in one full stop when a detail brought its own', () => {
    const text = Object.fromEntries(names.map((name) => [name, isNumber(name) ? 1 : `${name}.`]));
    expect(new PluginError(code, text as never).message).not.toMatch(/\.\.(\s|$)/);
  });
});

describe('PluginError', () => {
  it('leaves details as they are, dots and dollar signs and braces included', () => {
    const error = new PluginError('ENTRY_INVALID', {
      pluginId: 'acme.scanner',
      entry: '../..',
      problem: "it holds $& and {pluginId} and '.. '",
    });
    expect(error.message).toBe(
      "The entry ../.. of plugin acme.scanner cannot be used: it holds $& and {pluginId} and '.. '. It must export `plugin`, made by definePlugin().",
    );
  });

  it('is an Error with name, code, details and cause', () => {
    const cause = new Error('the socket closed');
    const error = new PluginError('REGISTRY_UNAVAILABLE', { problem: 'it went away' }, { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'PluginError',
      code: 'REGISTRY_UNAVAILABLE',
      details: { problem: 'it went away' },
      cause,
    });
    expect(String(error)).toBe(`PluginError: ${error.message}`);
  });

  it('becomes JSON without stack and cause', () => {
    const error = new PluginError(
      'REGISTRY_UNAVAILABLE',
      { problem: 'gone' },
      { cause: new Error('secret') },
    );
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'REGISTRY_UNAVAILABLE',
      message: error.message,
      details: { problem: 'gone' },
    });
  });
});

describe('isPluginError', () => {
  const error = new PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' });

  it('knows an error of the framework, of any code or of the one asked for', () => {
    expect(isPluginError(error)).toBe(true);
    expect(isPluginError(error, 'REGISTRY_UNAVAILABLE')).toBe(true);
    expect(isPluginError(error, 'REGISTRY_CONFLICT')).toBe(false);
  });

  it.each([
    ['an Error', new Error('no')],
    ['an Error with a code', Object.assign(new Error('no'), { code: 'REGISTRY_UNAVAILABLE' })],
    ['the JSON of one', error.toJSON()],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'REGISTRY_UNAVAILABLE'],
    [
      'a brand without an Error',
      { [Symbol.for('stellaops.plugin.PluginError')]: true, code: 'REGISTRY_UNAVAILABLE' },
    ],
  ])('does not take %s for one', (_, value) => {
    expect(isPluginError(value)).toBe(false);
  });
});

function isNumber(name: string): boolean {
  return /(?:Ms|MiB|Bytes|Count)$/.test(name);
}
