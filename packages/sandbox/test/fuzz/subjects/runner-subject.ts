import { brandPluginDefinition, type PluginContext } from '@stellaops/plugin-abstractions';
import { schemaCheck } from '@stellaops/plugin-abstractions/hosting';
import { PluginRunner } from '../../../src/runner/plugin-runner.ts';
import { dialHost } from '../../../src/wire/grpc-runner.ts';
import { serveVault, vault } from '../../hostile-wire/vault.ts';
import { serveTrials } from './serve-trials.ts';
import { within } from './within.ts';

const patienceMs = 10_000;

/** A runner as each trial has it, with a plugin that serves a vault and calls that of its host. */
serveTrials(async (path) => {
  const { services, served } = serveVault();
  const plugin = brandPluginDefinition({
    loadSchemaCheck: async () => schemaCheck,
    create: ({ info, capabilities }) => ({
      info,
      capabilities,
      initialize: (context: PluginContext) => {
        const api = context.resolve(vault);
        // The process of a runner ends with its connection, and what waits ends with it.
        for (const call of [api.echo('question'), Array.fromAsync(api.count({ to: 3 }))])
          call.catch(() => undefined);
        return Promise.resolve();
      },
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      api: () => undefined,
      find: (identity) => services.find(identity),
    }),
  });
  const over = new PluginRunner(dialHost(path), () => Promise.resolve({ plugin })).run('a token', []);
  return {
    path,
    settle: async () => {
      const ended = await within(over, patienceMs);
      served.release();
      return ended === 'late'
        ? { ending: 'late', problems: ['the runner has not noticed that its host is gone'] }
        : { ending: 'the host left', problems: [] };
    },
  };
});
