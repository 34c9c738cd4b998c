import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustSigners, type PluginHostOptions } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { implement } from '@stellaops/plugin-sdk';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { createPluginPackage, recordingLogger } from '../../src/index.ts';
import { bundlePlugin } from '../plugins/bundle-plugin.ts';
import { Gate, Latch } from './plugins/gate.ts';
import { plugin } from './plugins/gate-plugin.ts';
import { startHost } from './start-host.ts';

export const gateId = 'test.gate';
const key = createSigningKey();
const trust = trustSigners({ 'stella-release': key.publicKey });
let bundle: Promise<string> | undefined;

/** Calls that wait until a test lets them go on. */
class TestLatch {
  #opened = Promise.withResolvers<null>();
  waiting = 0;
  readonly service = implement(Latch, {
    wait: async () => {
      this.waiting += 1;
      return this.#opened.promise;
    },
  });

  open(): void {
    this.#opened.resolve(null);
  }
}

/** A host with one plugin from a folder, in whose place a test can put another version of it. */
export async function startGateHost(
  tier: 'trusted' | 'untrusted',
  options: PluginHostOptions = {},
  version = '1.0.0',
) {
  const folder = await mkdtemp(join(tmpdir(), 'stella-gate-'));
  const [latch, logger] = [new TestLatch(), recordingLogger()];
  const registry = new InMemoryPluginRegistry();
  const sandbox = new InMemorySandbox({ [gateId]: plugin });
  const remove = (): Promise<void> => rm(join(folder, 'gate'), { recursive: true, force: true });
  const put = async (next: string): Promise<void> => {
    await remove();
    await mkdir(join(folder, 'gate'));
    bundle ??= bundlePlugin('../host/plugins/gate-plugin.ts');
    await createPluginPackage({
      directory: join(folder, 'gate'),
      manifest: { id: gateId, version: next, provides: [Gate], requires: [Latch] },
      files: { 'dist/plugin.js': tier === 'trusted' ? await bundle : '' },
      ...(tier === 'trusted' && { privateKey: key.privateKey }),
    });
  };
  await put(version);
  const stateDirectory = join(folder, 'state');
  const host = await startHost({
    registry,
    sandbox,
    trust,
    logger,
    stateDirectory,
    services: [latch.service],
    pluginPaths: [join(folder, 'gate')],
    ...options,
  });
  const dispose = async (): Promise<void> => {
    latch.open();
    await host.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const gate = host.resolve(Gate);
  return {
    host,
    gate,
    latch,
    registry,
    sandbox,
    logger,
    stateDirectory,
    put,
    remove,
    [Symbol.asyncDispose]: dispose,
  };
}
