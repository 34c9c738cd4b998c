import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defaultMessageLimits, pluginAbiVersion } from '@stellaops/plugin-abstractions/hosting';
import type { HostFrame, RunnerFrame } from '../wire/connection.ts';
import { listenForRunner } from '../wire/grpc-host.ts';
import { dialHost } from '../wire/grpc-runner.ts';
import { PluginRunner } from './plugin-runner.ts';

/** A plugin of our own, with one method that answers what it is asked. */
const plugin = `import './words.js';
const capability = { id: 'Rehearsal', version: 1, methods: { echo: { request: {}, response: {} } } };
const implementation = { capability, api: { echo: async (value) => value } };
export const plugin = {
  [Symbol.for('stellaops.plugin.PluginDefinition')]: ${pluginAbiVersion},
  create: () => ({
    initialize: async (context) => context.logger.debug('rehearsal'),
    start: async () => {},
    stop: async () => {},
    find: () => implementation,
  }),
  loadSchemaCheck: async () => () => () => undefined,
};
`;

const files = {
  'package.json': '{ "type": "module" }',
  'plugin.js': plugin,
  // ICU makes each set of characters when it is first named, for whoever names it next: those that TypeBox names take it a millisecond.
  'words.js': String.raw`export const words = /[\p{ID_Start}\p{ID_Continue}\p{L}\p{Mn}\p{N}\p{Script=Greek}]/u;`,
};

const descriptor = {
  info: { id: 'rehearsal', name: 'rehearsal', version: '1.0.0', trustLevel: 'untrusted' },
  capabilities: { provides: [], requires: [] },
};

const hello = {
  protocol: 1,
  features: [],
  descriptorJson: JSON.stringify(descriptor),
  entry: '',
  limits: defaultMessageLimits,
};
const call = {
  id: 1,
  capability: 'Rehearsal',
  version: 1,
  method: 'echo',
  request: { json: '{"items":[1]}', attachments: [] },
  timeoutMs: 1000,
  traceparent: '',
  streamsRequest: false,
  streamsResponse: false,
  transfersRequest: false,
};

/** What a host says to a plugin, from its loading to its end. */
const script: readonly HostFrame[] = [
  { $case: 'hello', value: hello },
  { $case: 'control', value: { id: 1, timeoutMs: 0, step: { $case: 'load', value: {} } } },
  {
    $case: 'control',
    value: { id: 2, timeoutMs: 0, step: { $case: 'initialize', value: { configJson: '' } } },
  },
  { $case: 'control', value: { id: 3, timeoutMs: 0, step: { $case: 'start', value: {} } } },
  { $case: 'call', value: call },
  { $case: 'control', value: { id: 4, timeoutMs: 0, step: { $case: 'stop', value: {} } } },
];

/**
 * Goes once through the life of a plugin that does nothing, with a host in the same process, over a socket as they all do: V8 has compiled
 * and Node has loaded then what the life of a real one takes. It is for a runner that waits for its plugin; nothing of any plugin is in it.
 * Rejects when anything of it fails.
 */
export async function rehearse(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-')); // the only place to write
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  try {
    const socketPath = join(folder, 's');
    await using listener = await listenForRunner(socketPath, defaultMessageLimits);
    const importEntry = (): Promise<unknown> => import(pathToFileURL(join(folder, 'plugin.js')).href);
    const over = new PluginRunner(dialHost(socketPath), importEntry).run('', []);
    const host = await listener.connected;
    let answered = Promise.withResolvers<void>();
    host.receive((frame) => {
      if (frame.$case === 'log') return;
      if (hasFailed(frame))
        answered.reject(new Error(`the rehearsal failed: ${JSON.stringify(frame.value)}`));
      else answered.resolve();
    });
    for (const frame of script) {
      await answered.promise; // to what was said before; the runner begins
      answered = Promise.withResolvers();
      host.send(frame);
      if (frame.$case === 'hello') answered.resolve(); // which the runner takes in silence
    }
    await over;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hasFailed(frame: RunnerFrame): boolean {
  if (frame.$case === 'controlDone') return frame.value.failure !== undefined;
  return frame.$case === 'answer' && frame.value.result?.$case !== 'response';
}
