import { jest } from '@jest/globals';
import type { SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { PluginLog } from '../../src/client/plugin-log.ts';
import { RunnerSession } from '../../src/client/runner-session.ts';
import type { HostFrame, RunnerFrame } from '../../src/wire/connection.ts';
import { connectInMemory } from '../../src/wire/in-memory-connection.ts';
import { keepLog } from './keep-log.ts';
import { sandboxLaunch } from './sandbox-launch.ts';

/** What a runner says first. */
export const hello = {
  token: 'secret',
  oldestProtocol: 1,
  newestProtocol: 1,
  features: [],
  runner: 'a test',
  observations: [],
};

/** A session of the host, and the other end of its connection. */
export function meet(differing: Partial<SandboxLaunch> = {}) {
  const { logger } = keepLog();
  const { host, runner } = connectInMemory(16);
  const arrived: HostFrame[] = [];
  let wake = Promise.withResolvers<void>();
  runner.receive((frame) => {
    arrived.push(frame);
    wake.resolve();
    wake = Promise.withResolvers<void>();
  });
  const silent = jest.fn();
  const session = new RunnerSession({
    connection: host,
    launch: sandboxLaunch(logger, differing),
    token: 'secret',
    log: new PluginLog(logger, 200),
    onSilent: silent,
  });
  const heard = async (): Promise<HostFrame | undefined> => {
    while (arrived.length === 0) await wake.promise;
    return arrived.shift();
  };
  return {
    session,
    heard,
    say: (frame: RunnerFrame) => runner.send(frame),
    hangUp: () => runner.close(),
    closed: host.closed,
    silences: () => silent.mock.calls.length,
  };
}
