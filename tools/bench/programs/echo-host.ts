import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapabilityApi } from '../../../packages/abstractions/src/index.ts';
import { startPluginHost, type PluginHost } from '../../../packages/host/src/index.ts';
import { ProcessSandbox } from '../../../packages/sandbox/src/index.ts';
import { createPluginPackage } from '../../../packages/testing/src/index.ts';
import { bundlePackage } from '../../../packages/testing/test/plugins/bundle-plugin.ts';
import { Echo } from '../plugins/echo.ts';

/** A host as its users start it, with untrusted plugins that all do the same. */
export interface EchoHost extends AsyncDisposable {
  /** The first of them. */
  readonly echo: CapabilityApi<typeof Echo.methods>;
  /** The first process of each sandbox. */
  readonly processIds: readonly number[];
}

/** Where the state of a host is, for as long as it is held: sandboxes enter it as other users. */
export async function makeStateDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'stella-bench-state-'));
  await chmod(path, 0o711);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The files of one of our plugins, built as we tell authors to. */
export function bundleFiles(file: string): Promise<Readonly<Record<string, string>>> {
  return bundlePackage(new URL(file, import.meta.url).href);
}

/** How {@link startEchoHost} starts a host. */
interface EchoHostOptions {
  /** Whether it has started its plugins before: by then their code is compiled. */
  readonly again?: boolean;
}

/** Starts a host with the defaults of the packages, but for its paths. Rejects when a plugin is not active. */
export async function startEchoHost(
  plugins: number,
  { again = false }: EchoHostOptions = {},
): Promise<EchoHost> {
  await using stack = new AsyncDisposableStack();
  const state = stack.use(await makeStateDirectory());
  const ids = Array.from({ length: plugins }, (_, index) => `bench.echo-${index}`);
  const files = await bundleFiles('../plugins/echo.ts');
  const pluginPaths: string[] = [];
  for (const id of ids) {
    const made = await createPluginPackage({ manifest: { id, provides: [Echo] }, files });
    pluginPaths.push(stack.use(made).directory);
  }
  const start = (): Promise<PluginHost> =>
    startPluginHost({
      sandbox: new ProcessSandbox(),
      stateDirectory: state.path,
      pluginPaths,
      required: ids,
    });
  if (again) await (await start()).stop();
  const host = stack.use(await start());
  const echo = host.resolve(Echo, { pluginId: ids[0] ?? '' });
  const processIds = host.plugins().flatMap(({ processId }) => processId ?? []);
  const held = stack.move();
  return { echo, processIds, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
