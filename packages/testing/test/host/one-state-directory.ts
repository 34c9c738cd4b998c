import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import type { PluginHost, PluginHostOptions } from '@stellaops/plugin-host';
import { startHost as start } from './start-host.ts';

/** Gives each test of a file a state directory of its own, in which the hosts that it starts come one after the other. */
export function oneStateDirectory() {
  let stateDirectory = '';
  beforeEach(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), 'stella-test-state-'));
  });
  afterEach(() => rm(stateDirectory, { recursive: true, force: true }));
  return {
    startHost: (options: PluginHostOptions): Promise<PluginHost> => start({ stateDirectory, ...options }),
    /** The files of the journal. */
    journal: (): Promise<readonly string[]> => readdir(join(stateDirectory, 'journal')),
  };
}
