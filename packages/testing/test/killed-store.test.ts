import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { KeyValueStore, openKeyValueStore } from '@stellaops/plugin-host/services';
import { testContext } from '../src/index.ts';

const program = fileURLToPath(new URL('./programs/storing-host.ts', import.meta.url));
const slots = 20;

describe('a key-value store whose host is killed while it writes', () => {
  it.each([1, 90])('has each entry whole, and all that were answered (after %i)', async (count) => {
    const directory = await mkdtemp(join(tmpdir(), 'stella-test-store-'));
    try {
      const last = await killAfter(count, directory);
      using store = await openKeyValueStore({ directory });
      const entries = testContext({ services: [store], info: { id: 'test.storing' } }).resolve(KeyValueStore);
      for (let slot = 0; slot < Math.min(last + 1, slots); slot++) {
        const answered = last - ((last - slot) % slots);
        const begun = (last + 1) % slots === slot ? last + 1 : answered;
        const found = await entries.get({ key: `${slot}` });
        const whole = [answered, begun].map((number) => ({ number, text: `${number} `.repeat(10_000) }));
        expect(whole).toContainEqual(found?.value);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

/** Has the host store until it has answered so often, kills it, and gives the last number that it answered. */
async function killAfter(count: number, directory: string): Promise<number> {
  const host = spawn(process.execPath, [program, directory, `${slots}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(host, 'close');
  let last = -1;
  try {
    for await (const line of createInterface(host.stdout)) {
      last = Number(line);
      if (last >= count) host.kill('SIGKILL');
    }
  } finally {
    host.kill('SIGKILL');
  }
  expect(await closed).toEqual([null, 'SIGKILL']);
  return last;
}
