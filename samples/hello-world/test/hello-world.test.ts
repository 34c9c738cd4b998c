import { describe, expect, it } from '@jest/globals';
import { startTestHost, trustLevels } from '@stellaops/plugin-testing';
import { Greeter } from '../src/greeter.ts';
import manifest from '../plugin.json' with { type: 'json' };
import { plugin } from '../src/plugin.ts';

describe.each(trustLevels)('Hello World, %s', (trustLevel) => {
  it('greets by name', async () => {
    await using host = await startTestHost({ plugins: [{ manifest, plugin }], trustLevel });

    expect(await host.resolve(Greeter).greet({ name: 'World' })).toEqual({ greeting: 'Hello, World!' });
  });

  it('is not asked to greet nobody', async () => {
    await using host = await startTestHost({ plugins: [{ manifest, plugin }], trustLevel });

    await expect(host.resolve(Greeter).greet({ name: '' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});
