import { describe, expect, it } from '@jest/globals';
import { definePlugin } from '@stellaops/plugin-sdk';
import { createPluginPackage, fakePlugin, recordingLogger, testManifest } from '../../src/index.ts';
import { startHost } from './start-host.ts';

describe('the log of a host', () => {
  it('has one line for each state of a plugin, with the fields that are documented', async () => {
    const logger = recordingLogger();
    const host = await startHost({ logger, builtIn: [fakePlugin({ id: 'test.one' })] });
    await host.stop();
    const about = { pluginId: 'test.one', version: '1.0.0', trustLevel: 'builtIn' };
    expect(logger.lines.map(({ level, fields }) => ({ level, fields }))).toEqual([
      { level: 'info', fields: { ...about, lifecycleState: 'loading' } },
      { level: 'info', fields: { ...about, lifecycleState: 'initialization' } },
      { level: 'info', fields: { ...about, lifecycleState: 'active', durationMs: expect.any(Number) } },
      { level: 'info', fields: { ...about, lifecycleState: 'shutdown' } },
    ]);
  });

  it('has one line for a failure, with its code and the error', async () => {
    const logger = recordingLogger();
    const broken = fakePlugin({ id: 'test.broken', fails: { initialize: new Error('no') } });
    await using host = await startHost({ logger, builtIn: [broken] });
    const failed = host.plugins()[0]?.error;
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: failed?.message,
        fields: {
          pluginId: 'test.broken',
          version: '1.0.0',
          trustLevel: 'builtIn',
          lifecycleState: 'failed',
          code: 'LIFECYCLE_FAILED',
          blame: 'plugin',
          err: failed,
        },
      },
    ]);
  });

  it('has one line for a package that was refused, and one for a path that is not there', async () => {
    const logger = recordingLogger();
    await using bad = await createPluginPackage({ manifest: '{' });
    await using host = await startHost({ logger, pluginPaths: [bad.directory, '/nowhere/at/all'] });
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'a plugin path does not exist and is skipped',
        fields: { path: '/nowhere/at/all' },
      },
      {
        level: 'error',
        message: host.plugins()[0]?.error?.message,
        fields: { code: 'MANIFEST_INVALID', blame: 'plugin', source: bad.directory },
      },
    ]);
  });

  it('has the lines of a plugin under its id, version and tier', async () => {
    const logger = recordingLogger();
    const plugin = definePlugin({
      initialize: (context) => {
        context.logger.info({ colour: 'blue' }, 'hello');
        context.logger.warn('careful');
        return {};
      },
    });
    await using _ = await startHost({ logger, builtIn: [{ manifest: testManifest(), plugin }] });
    const about = { pluginId: 'test.plugin', version: '1.0.0', trustLevel: 'builtIn' };
    expect(logger.lines).toContainEqual({
      level: 'info',
      message: 'hello',
      fields: { ...about, colour: 'blue' },
    });
    expect(logger.lines).toContainEqual({ level: 'warn', message: 'careful', fields: about });
  });
});
