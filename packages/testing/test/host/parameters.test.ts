import { describe, expect, it } from '@jest/globals';
import { defineCapability, implement, Type } from '@stellaops/plugin-sdk';
import { fakePlugin } from '../../src/index.ts';
import { startHost } from './start-host.ts';

const Scan = defineCapability({
  id: 'Scan',
  version: 1,
  parameters: Type.Object({ ecosystems: Type.Array(Type.String()) }),
  methods: { name: { request: Type.Null(), response: Type.String() } },
});

describe('resolving by the parameters that a manifest declares', () => {
  it('takes the one provider that has what is asked for', async () => {
    await using host = await startHost({
      builtIn: [scanner('test.js', 'npm'), scanner('test.rust', 'cargo')],
    });
    const scan = host.resolve(Scan, { where: ({ ecosystems }) => ecosystems.includes('cargo') });
    expect(await scan.name(null)).toBe('test.rust');
  });

  it('says of each plugin that it declares something else, when none has it', async () => {
    await using host = await startHost({
      builtIn: [scanner('test.js', 'npm'), scanner('test.rust', 'cargo')],
    });
    expect(() => host.resolve(Scan, { where: () => false })).toThrow(
      expect.objectContaining({
        code: 'CAPABILITY_NOT_PROVIDED',
        details: {
          capability: 'Scan v1',
          problem:
            'test.js declares other parameters than those asked for, test.rust declares other parameters than those asked for',
        },
      }),
    );
  });

  it('is refused when several have it, and names those alone', async () => {
    const builtIn = [scanner('test.js', 'npm'), scanner('test.rust', 'cargo'), scanner('test.web', 'npm')];
    await using host = await startHost({ builtIn });
    const where = ({ ecosystems }: { ecosystems: string[] }): boolean => ecosystems.includes('npm');
    expect(() => host.resolve(Scan, { where })).toThrow(
      expect.objectContaining({
        code: 'CAPABILITY_AMBIGUOUS',
        details: { capability: 'Scan v1', pluginIds: 'test.js, test.web' },
      }),
    );
    expect(await host.resolve(Scan, { where, pluginId: 'test.web' }).name(null)).toBe('test.web');
    expect(host.resolveAll(Scan, { where }).map(({ plugin }) => plugin.id)).toEqual(['test.js', 'test.web']);
  });

  it('never asks about parameters that break the contract', async () => {
    const provides = [{ capability: 'Scan', version: 1, parameters: { ecosystems: 'npm' } }];
    const api = { name: () => Promise.resolve('test.broken') };
    const broken = fakePlugin({
      id: 'test.broken',
      provides: [implement(Scan, api)],
      manifest: { provides },
    });
    await using host = await startHost({ builtIn: [broken, scanner('test.js', 'npm')] });
    const asked: unknown[] = [];
    host.resolve(Scan, { where: (parameters) => asked.push(parameters) > 0 });
    expect(asked).toEqual([{ ecosystems: ['npm'] }]);
  });
});

function scanner(id: string, ecosystem: string) {
  const provides = [{ capability: 'Scan', version: 1, parameters: { ecosystems: [ecosystem] } }];
  return fakePlugin({
    id,
    provides: [implement(Scan, { name: () => Promise.resolve(id) })],
    manifest: { provides },
  });
}
