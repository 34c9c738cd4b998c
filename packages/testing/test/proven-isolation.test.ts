import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  isolationAspects,
  pluginAbiVersion,
  type IsolationAspect,
} from '@stellaops/plugin-abstractions/hosting';
import { startPluginHost, type PluginSettings } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, recordingLogger } from '../src/index.ts';

const id = 'test.confined';

/** Tells by its output that its code was loaded. */
const entry = `console.log('loaded');
export const plugin = {
  [Symbol.for('stellaops.plugin.PluginDefinition')]: ${pluginAbiVersion},
  create: () => ({ initialize: async () => {}, start: async () => {}, stop: async () => {} }),
};`;

const confined = createPluginPackage({ manifest: { id }, files: { 'dist/plugin.js': entry } });
afterAll(async () => (await confined)[Symbol.asyncDispose]());

/** A folder whose prlimit(1) starts bubblewrap without one of its options. */
async function weakenPrograms(option: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-weak-');
  const script = `#!/bin/sh
for argument do shift; [ "$argument" = ${option} ] || set -- "$@" "$argument"; done
PATH=/usr/bin:/bin exec prlimit "$@"
`;
  await writeFile(join(path, 'prlimit'), script);
  for (const name of ['.', 'prlimit']) await chmod(join(path, name), 0o755); // whatever the umask says
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A sandbox that looks for its programs in this folder first. */
function sandboxWith(folder: string): ProcessSandbox {
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before ?? ''}`;
  try {
    return new ProcessSandbox();
  } finally {
    process.env['PATH'] = before;
  }
}

async function runIn(sandbox: ProcessSandbox, settings: PluginSettings = {}) {
  const registry = new InMemoryPluginRegistry();
  const logger = recordingLogger();
  const host = await startPluginHost({
    sandbox,
    registry,
    logger,
    pluginPaths: [(await confined).directory],
    ...settings,
  });
  const [status] = host.health().plugins;
  await host.stop();
  const trail = await registry.auditTrail({ pluginId: id });
  return {
    status,
    activated: trail.find(({ event }) => event === 'plugin.activated'),
    wasLoaded: logger.lines.some(({ message }) => message === 'loaded'),
  };
}

describe('the isolation of a plugin on this machine', () => {
  it('is enforced in every aspect, and stands in health and audit trail with what was seen', async () => {
    const { status, activated, wasLoaded } = await runIn(new ProcessSandbox());
    expect({ state: status?.state, wasLoaded }).toEqual({ state: 'active', wasLoaded: true });
    const { mechanism, aspects } = status?.isolation ?? {};
    expect(mechanism).toMatch(/^bubblewrap \d/);
    const states = isolationAspects.map((aspect: IsolationAspect) => aspects?.[aspect].state);
    expect(new Set(states)).toEqual(new Set(['enforced']));
    expect(activated?.isolation).toEqual(status?.isolation);
    expect(activated).not.toHaveProperty('waivedIsolation');
  });

  it('keeps a plugin from being loaded when a part of it is missing, and names that part', async () => {
    await using programs = await weakenPrograms('--unshare-net');
    const { status, activated, wasLoaded } = await runIn(sandboxWith(programs.path));
    expect(status).toMatchObject({ state: 'failed', error: { code: 'ISOLATION_INSUFFICIENT' } });
    expect(status?.error?.message).toContain(
      "does not enforce network (network namespace: the host's). Mend the machine",
    );
    expect({ activated, wasLoaded }).toEqual({ activated: undefined, wasLoaded: false });
  });

  it('may lack what the operator waived, which the audit trail names', async () => {
    await using programs = await weakenPrograms('--unshare-net');
    const { status, activated, wasLoaded } = await runIn(sandboxWith(programs.path), {
      waivedIsolation: ['network'],
    });
    expect({ state: status?.state, wasLoaded }).toEqual({ state: 'active', wasLoaded: true });
    expect(status?.isolation?.aspects.network.state).toBe('absent');
    expect(activated).toMatchObject({ waivedIsolation: ['network'], isolation: status?.isolation });
  });

  it('is not waived by a waiver of another part', async () => {
    await using programs = await weakenPrograms('--unshare-net');
    const { status, wasLoaded } = await runIn(sandboxWith(programs.path), { waivedIsolation: ['memory'] });
    expect(status).toMatchObject({ state: 'failed', error: { code: 'ISOLATION_INSUFFICIENT' } });
    expect(wasLoaded).toBe(false);
  });
});
