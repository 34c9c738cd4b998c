import { describe, expect, it } from '@jest/globals';
import { bundlePackage } from './plugins/bundle-plugin.ts';

const entry = 'dist/plugin.js';
/** What esbuild writes above what it takes from a module of TypeBox's checks. */
const checks = /typebox\/build\/(?:schema|format)\//;

/** An entry, and what is imported with it. */
function importedAtOnce(files: Readonly<Record<string, string>>): readonly string[] {
  const names = new Set([entry]);
  for (const name of names)
    for (const [, imported = ''] of files[name]?.matchAll(/^(?:import|\} from) .*?"\.\/(.+)";$/gm) ?? [])
      names.add(`dist/${imported}`);
  return Array.from(names);
}

describe('the package of a plugin, as its author builds it', () => {
  it('has what checks values in a file of its own, which is not imported with the plugin', async () => {
    const files = await bundlePackage('./workbench-plugin.ts');
    const early = importedAtOnce(files);
    expect(early.filter((name) => checks.test(files[name] ?? ''))).toEqual([]);
    const late = Object.keys(files).filter((name) => !early.includes(name));
    expect(late.filter((name) => checks.test(files[name] ?? ''))).toHaveLength(1);
  });

  it('imports no module of Node', async () => {
    const files = Object.values(await bundlePackage('../host/plugins/greeter-plugin.ts'));
    expect(files.join('').match(/^import .*"node:.*$/gm)).toBeNull();
  });
});
