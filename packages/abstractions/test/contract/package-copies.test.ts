import { describe, expect, it } from '@jest/globals';
import * as ours from '../../src/index.ts';

/** A plugin bundles a copy of this package, and the host has another. A query makes a second module of the same file. */
describe('two copies of the package in one process', () => {
  it('know the errors of each other, where instanceof does not', async () => {
    const theirs = await copyOf('plugin-error.ts');
    const error = new theirs.PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' });
    expect(theirs.PluginError).not.toBe(ours.PluginError);
    expect(error).not.toBeInstanceOf(ours.PluginError);
    expect(ours.isPluginError(error, 'REGISTRY_UNAVAILABLE')).toBe(true);
    expect(ours.isPluginError(error, 'REGISTRY_CONFLICT')).toBe(false);
    expect(theirs.isPluginError(new ours.PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' }))).toBe(
      true,
    );
  });

  it('read the plugin definitions of each other', async () => {
    const theirs = await copyOf('plugin-definition.ts');
    const plugin = theirs.brandPluginDefinition({ create: unused, loadSchemaCheck: unused });
    expect(theirs.brandPluginDefinition).not.toBe(ours.brandPluginDefinition);
    expect(ours.readPluginDefinition({ plugin })).toBe(plugin);
  });
});

/** Another module of the same file. */
function copyOf(file: string): Promise<typeof ours> {
  return import(`../../src/contract/${file}?copy`);
}

function unused(): never {
  throw new Error('nobody makes an instance here');
}
