import { describe, expect, it } from '@jest/globals';
import { isPluginError, type PluginError } from '@stellaops/plugin-abstractions';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { startHost } from './start-host.ts';

describe('a required plugin', () => {
  it('that is active lets the host start, whatever becomes of the others', async () => {
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('no') } });
    await using host = await startHost({ builtIn: [fakePlugin(), broken], required: ['test.fake'] });
    expect(host.health().status).toBe('degraded');
  });

  it('that failed stops the host from starting, and those that had started are stopped', async () => {
    const first = fakePlugin({ id: 'test.first' });
    const broken = fakePlugin({ id: 'test.broken', fails: { start: new Error('the well is dry') } });
    const last = fakePlugin({ id: 'test.last' });
    const error = await refusal({ builtIn: [first, broken, last], required: ['test.broken', 'test.first'] });
    expect(error.message).toBe(
      'The host did not start, because required plugins are not active: test.broken: Plugin test.broken failed to start: the well is dry. Its log and the cause of this error say more. Mend them, or take them out of `required`.',
    );
    expect(first.steps).toEqual(['initialize', 'start', 'stop']);
    expect(broken.steps).toEqual(['initialize', 'start', 'stop']);
    expect(last.steps).toEqual(['initialize', 'start', 'stop']);
  });

  it('that is nowhere stops the host from starting', async () => {
    const other = fakePlugin();
    const error = await refusal({ builtIn: [other], required: ['test.ghost'] });
    expect(error.details).toEqual({ problem: 'test.ghost: it was not found.' });
    expect(other.steps.at(-1)).toBe('stop');
  });

  it('that was refused stops the host from starting, and the reason is told', async () => {
    await using bad = await createPluginPackage({ manifest: { id: 'test.bad' } });
    const error = await refusal({ pluginPaths: [bad.directory], required: ['test.bad'] });
    expect(error.message).toContain('test.bad: The entry dist/plugin.js of plugin test.bad cannot be used');
  });

  it('is told together with the other ones that are not active', async () => {
    const error = await refusal({ required: ['test.one', 'test.two'] });
    expect(error.details).toEqual({ problem: 'test.one: it was not found. test.two: it was not found.' });
  });
});

async function refusal(
  options: Parameters<typeof startHost>[0],
): Promise<PluginError<'REQUIRED_PLUGINS_FAILED'>> {
  const outcome: unknown = await startHost(options).catch((error: unknown) => error);
  if (isPluginError(outcome, 'REQUIRED_PLUGINS_FAILED')) return outcome;
  throw new Error('the host started, or failed of something else', { cause: outcome });
}
