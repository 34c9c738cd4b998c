import { describe, expect, it } from '@jest/globals';
import {
  brandPluginDefinition,
  type PluginDefinition,
  type SchemaCheck,
} from '@stellaops/plugin-abstractions';
import { PluginChecks, type FrameOfCall } from '../../src/runner/plugin-checks.ts';

const fits: SchemaCheck = () => () => undefined;
const cancel = (id: number): FrameOfCall => ({
  $case: 'cancel',
  value: { id, reason: '', errorName: '', failure: undefined },
});

function definitionWith(loadSchemaCheck: PluginDefinition['loadSchemaCheck']): PluginDefinition {
  const create = (): never => {
    throw new Error('it is not to be made');
  };
  return brandPluginDefinition({ create, loadSchemaCheck });
}

/** Checks that are loaded when the test says so, and what was served. */
function makeChecks({ refused = 0 } = {}) {
  const loaded = Promise.withResolvers<SchemaCheck>();
  const served: number[] = [];
  const violated = Promise.withResolvers<void>();
  let loads = 0;
  const checks = new PluginChecks(({ value }) => {
    if (value.id === refused) throw new Error('its id does not count up');
    served.push(value.id);
  }, violated.resolve);
  const definition = definitionWith(() => {
    loads += 1;
    return loaded.promise;
  });
  return { checks, definition, loaded, served, violated: violated.promise, loads: () => loads };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the checks of a plugin', () => {
  it('are loaded once, and calls that come before wait for them in their order', async () => {
    const { checks, definition, loaded, served, loads } = makeChecks();
    checks.load(definition);
    for (const id of [1, 2, 3]) checks.whenLoaded(definition, cancel(id));
    await turn();
    expect({ served, check: checks.schemaCheck }).toEqual({ served: [], check: undefined });
    loaded.resolve(fits);
    await turn();
    expect({ served, check: checks.schemaCheck }).toEqual({ served: [1, 2, 3], check: fits });
    checks.load(definition);
    expect(loads()).toBe(1);
  });

  it('are loaded by the first call where nobody had them loaded', async () => {
    const { checks, definition, loaded, served } = makeChecks();
    checks.whenLoaded(definition, cancel(1));
    loaded.resolve(fits);
    await turn();
    expect(served).toEqual([1]);
  });

  it.each([
    ['cannot be loaded', () => Promise.reject(new Error('the file is gone'))],
    [
      'throw at once',
      () => {
        throw new Error('the file is gone');
      },
    ],
  ])('that %s fail each call, which says why', async (_, load) => {
    const { checks } = makeChecks();
    checks.load(definitionWith(load));
    await turn();
    expect(() => checks.schemaCheck?.({})).toThrow('the file is gone');
  });

  it('say of a host that breaks the protocol by a call that waited', async () => {
    const { checks, definition, loaded, served, violated } = makeChecks({ refused: 2 });
    for (const id of [1, 2, 3]) checks.whenLoaded(definition, cancel(id));
    loaded.resolve(fits);
    await violated;
    expect(served).toEqual([1]);
  });
});
