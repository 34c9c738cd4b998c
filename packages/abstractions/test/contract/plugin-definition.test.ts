import { describe, expect, it } from '@jest/globals';
import { brandPluginDefinition, readPluginDefinition } from '../../src/index.ts';

const brand = Symbol.for('stellaops.plugin.PluginDefinition');
const create = (): never => {
  throw new Error('nobody makes an instance here');
};

describe('readPluginDefinition', () => {
  it('gives the definition that the module exports as `plugin`', () => {
    const plugin = brandPluginDefinition({ create, loadSchemaCheck: create });
    expect(readPluginDefinition({ plugin })).toBe(plugin);
  });

  it.each([
    ['nothing at all', {}, 'it exports nothing named `plugin`'],
    ['undefined instead of a module', undefined, 'it exports nothing named `plugin`'],
    ['null instead of a module', null, 'it exports nothing named `plugin`'],
    [
      'a default export alone',
      { default: brandPluginDefinition({ create, loadSchemaCheck: create }) },
      'it exports nothing named `plugin`',
    ],
    ['a plain object', { plugin: { create } }, 'its `plugin` was not made by definePlugin()'],
    ['a function', { plugin: create }, 'its `plugin` was not made by definePlugin()'],
    ['null', { plugin: null }, 'its `plugin` was not made by definePlugin()'],
    ['a text', { plugin: 'plugin' }, 'its `plugin` was not made by definePlugin()'],
    [
      'another ABI',
      { plugin: { create, [brand]: 99 } },
      'its SDK has ABI version 99, and this host reads 3: build it with the SDK that belongs to the host',
    ],
    [
      'an ABI that is no number',
      { plugin: { create, [brand]: '1' } },
      'its SDK has ABI version "1", and this host reads 3: build it with the SDK that belongs to the host',
    ],
  ])('says what is wrong with an entry that exports %s', (_, module, problem) => {
    expect(readPluginDefinition(module)).toBe(problem);
  });

  it('takes a definition that nobody can change afterwards', () => {
    expect(Object.isFrozen(brandPluginDefinition({ create, loadSchemaCheck: create }))).toBe(true);
  });
});
