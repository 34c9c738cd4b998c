import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapabilityApi } from '../../packages/abstractions/src/index.ts';
import type { SandboxLimits } from '../../packages/abstractions/src/hosting.ts';
import { startPluginHost } from '../../packages/host/src/index.ts';
import { ProcessSandbox } from '../../packages/sandbox/src/index.ts';
import { createPluginPackage, recordingLogger } from '../../packages/testing/src/index.ts';
import { bundlePlugin } from '../../packages/testing/test/plugins/bundle-plugin.ts';
import { Commander } from './plugins/commander.ts';
import { ProveError } from './prove-error.ts';

/** An untrusted plugin in a real host, that runs what it is told. */
export interface Commanded {
  readonly commander: CapabilityApi<typeof Commander.methods>;
  /** The first process of its sandbox. */
  readonly processId: number;
}

/** A real host with two untrusted plugins: one to be watched, and one that must not notice. */
export interface CommandedHost extends AsyncDisposable {
  readonly watched: Commanded;
  readonly bystander: Commanded;
}

/** What the plugin that is watched is given. */
export interface CommandedOptions {
  readonly limits?: Partial<SandboxLimits>;
  /** More files of its package, by path. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const ids = { watched: 'prove.watched', bystander: 'prove.bystander' } as const;
/** Longer than any run: what a run takes is up to the program that it starts. */
const callTimeoutMs = 120_000;

/** Starts the host. Rejects with a `ProveError` where this machine cannot isolate. */
export async function startCommandedHost({
  limits = {},
  files = {},
}: CommandedOptions): Promise<CommandedHost> {
  await using stack = new AsyncDisposableStack();
  const entry = await bundlePlugin(new URL('./plugins/commander.ts', import.meta.url).href);
  const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-prove-state-'));
  stack.defer(() => rm(stateDirectory, { recursive: true, force: true }));
  await chmod(stateDirectory, 0o711);
  const paths: string[] = [];
  for (const id of [ids.watched, ids.bystander]) {
    const more = id === ids.watched ? files : {};
    const manifest = { id, provides: [Commander] };
    const made = await createPluginPackage({ manifest, files: { 'dist/plugin.js': entry, ...more } });
    paths.push(stack.use(made).directory);
  }
  const host = await startPluginHost({
    sandbox: new ProcessSandbox(),
    stateDirectory,
    pluginPaths: paths,
    logger: recordingLogger(),
    timeouts: { callTimeoutMs },
    perPlugin: { [ids.watched]: { limits } },
  });
  stack.use(host);
  const find = (pluginId: string): Commanded => {
    const status = host.plugins().find(({ id }) => id === pluginId);
    if (status?.processId === undefined)
      throw new ProveError(`the sandbox does not start: ${status?.error?.message ?? 'no reason was given'}`);
    return { commander: host.resolve(Commander, { pluginId }), processId: status.processId };
  };
  const found = { watched: find(ids.watched), bystander: find(ids.bystander) };
  const held = stack.move();
  return { ...found, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
