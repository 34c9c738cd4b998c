import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventOf } from '../src/contract/given.ts';
import { formatIdentity, readOwnIdentity } from '@stellaops/plugin-abstractions/hosting';
import { claimFolder } from '../src/postgres/embedded/folder-claim.ts';
import { PostgresPluginRegistry } from '../src/postgres.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-embedded-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const unavailable = (problem: string) => ({
  code: 'REGISTRY_UNAVAILABLE',
  details: { problem: expect.stringContaining(problem) },
});

describe('a registry in a folder', () => {
  it('keeps what was written when its process is killed, and belongs to one process at a time', async () => {
    const dataDirectory = join(folder, 'registry');
    const program = join(import.meta.dirname, 'fixtures/embedded-writer.ts');
    const writer = spawn(process.execPath, [program, dataDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(writer, 'close');
    let id: string | undefined;
    try {
      const [said] = await Promise.race([once(writer.stdout, 'data'), ended]);
      id = /^written (\S+)\n$/.exec(String(said))?.[1];
      await expect(PostgresPluginRegistry.open({ dataDirectory })).rejects.toMatchObject(
        unavailable(`is open in process ${writer.pid}; one process at a time can open it`),
      );
    } finally {
      writer.kill('SIGKILL');
      await ended;
    }
    await using registry = await PostgresPluginRegistry.open({ dataDirectory });
    expect(registry.id).toBe(id);
    expect(await registry.find('acme.scanner')).toMatchObject({ versions: [{ version: '1.0.0' }] });
    await registry.audit(eventOf('plugin.admitted', 'acme.scanner'));
    expect(await registry.verifyAuditChain()).toMatchObject({ isIntact: true, heads: [{ sequence: 2 }] });
  });
});

describe('a folder', () => {
  it('is made for its user alone, and is free again when it is released', async () => {
    const inside = join(folder, 'a/b');
    const claim = await claimFolder(inside);
    expect(statSync(inside).mode & 0o777).toBe(0o700);
    await expect(claimFolder(inside)).rejects.toMatchObject(unavailable(`process ${process.pid}`));
    await claim.release();
    await (await claimFolder(inside)).release();
    expect(readdirSync(inside)).toEqual([]);
  });

  it('is never given to two that claim it at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => claimFolder(folder)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('is taken over from a process that is gone, and not from one that cannot be seen', async () => {
    const gone = formatIdentity({ ...(await readOwnIdentity()), startTime: '1' });
    writeFileSync(join(folder, `open.${gone}.aa`), '');
    await (await claimFolder(folder)).release();
    writeFileSync(join(folder, 'open.7.1.1.bb'), '');
    await expect(claimFolder(folder)).rejects.toMatchObject(
      unavailable(`if that process is gone, remove the file ${join(folder, 'open.7.1.1.bb')}`),
    );
    expect(readdirSync(folder)).toEqual(['open.7.1.1.bb']);
  });
});
