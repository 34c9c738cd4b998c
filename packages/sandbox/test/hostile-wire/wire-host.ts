import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPluginError, PluginError, type ImplementationDirectory } from '@stellaops/plugin-abstractions';
import { defaultMessageLimits, type MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { PluginLog } from '../../src/client/plugin-log.ts';
import { RunnerSession } from '../../src/client/runner-session.ts';
import { listenForRunner } from '../../src/wire/grpc-host.ts';
import { explainClosing } from '../../src/wire/protocol-violation.ts';
import { keepLog, type Written } from '../client/keep-log.ts';
import { sandboxLaunch } from '../client/sandbox-launch.ts';
import { serveVault, type Served } from './vault.ts';

/** The token of every sandbox of these tests. */
export const token = 'a secret of this sandbox';

/** The host's end of the wire, without a process and without isolation. */
export interface WireHost extends AsyncDisposable {
  readonly path: string;
  /** The conversation, once a runner has attached. */
  readonly session: Promise<RunnerSession>;
  /** Resolves when the connection is over, with what the host ended it for. */
  readonly closed: Promise<Error | undefined>;
  /** What the log of the plugin has. */
  readonly written: readonly Written[];
  readonly served: Served;
}

export interface WireHostOptions {
  readonly limits?: Partial<MessageLimits>;
  readonly token?: string;
  /** What the runner may call, in place of the vault. */
  readonly services?: ImplementationDirectory;
}

/** Listens as a host does for one sandbox. */
export async function openWireHost(options: WireHostOptions = {}): Promise<WireHost> {
  const directory = await mkdtemp(join(tmpdir(), 'stella-hostile-'));
  const path = join(directory, 's');
  const messageLimits = { ...defaultMessageLimits, ...options.limits };
  const listener = await listenForRunner(path, messageLimits);
  const { logger, written } = keepLog();
  const { services, served } = serveVault();
  const launch = sandboxLaunch(logger, { services: options.services ?? services, messageLimits });
  const log = new PluginLog(logger, launch.limits.logLinesPerSecond);
  const session = listener.connected.then(
    (connection) =>
      new RunnerSession({
        connection,
        launch,
        token: options.token ?? token,
        log,
        onSilent: () => connection.close(),
      }),
  );
  const closed = (async () => {
    const connection = await listener.connected;
    const error = explainClosing(await connection.closed, 'test.plugin');
    (await session).close(
      isPluginError(error)
        ? error
        : new PluginError('SANDBOX_EXITED', { pluginId: 'test.plugin', problem: 'its runner is gone' }),
    );
    return error;
  })();
  return {
    path,
    session,
    closed,
    written,
    served,
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
