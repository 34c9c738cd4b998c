import { randomUUID } from 'node:crypto';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '@stellaops/plugin-abstractions/hosting';
import { formatIdentity, readOwnIdentity } from '@stellaops/plugin-abstractions/hosting';
import { pino } from 'pino';
import { FileDeadline } from '../../src/journal/file-deadline.ts';
import { encodeEntry } from '../../src/journal/journal-entry.ts';
import { Journal } from '../../src/journal/journal.ts';
import { StateDirectory } from '../../src/state-directory.ts';

const registryId = randomUUID();
let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stella-journal-'));
  folder = join(root, 'journal');
});
afterEach(() => rm(root, { recursive: true, force: true }));

function open(hostId = 'host-1', registry = registryId) {
  const state = new StateDirectory(root);
  const place = { find: () => state.findJournal(), make: () => state.journal() };
  const logger = pino({ level: 'silent' });
  const deadline = new FileDeadline(root, 10_000, logger);
  return new Journal(place, { registryId: registry, hostId }, deadline, logger);
}

const entryOf = (detail: string) => ({
  event: {
    id: randomUUID(),
    event: 'plugin.failed',
    at: new Date(7),
    actor: 'ada',
    hostId: 'host-1',
    detail,
    crash: {
      cause: 'crashed',
      problem: 'it ended',
      at: new Date(8),
      uptimeMs: 1,
      lastLines: [],
      callsInFlightCount: 0,
      callsInFlight: [],
    },
  } satisfies AuditEvent,
  status: 'failed' as const,
});

/** Writes entries as a host that was killed then: its files bear the name of a process that is gone. */
async function killed(details: readonly string[], hostId?: string, owner: object = { pid: 2 ** 30 }) {
  const entries = details.map(entryOf);
  const journal = open(hostId);
  await Promise.all(entries.map((entry) => journal.keep(encodeEntry(entry))));
  const own = formatIdentity(await readOwnIdentity());
  const dead = formatIdentity({ ...(await readOwnIdentity()), ...owner });
  for (const name of await readdir(folder))
    if (name.endsWith(own)) await rename(join(folder, name), join(folder, name.replace(own, dead)));
  return entries;
}

const details = (left: Awaited<ReturnType<Journal['inherit']>>) =>
  left.map(({ entry }) => entry.event.detail);

describe('a journal', () => {
  it('is not made before something is kept, and can be read by its user alone', async () => {
    const journal = open();
    expect(await journal.inherit()).toEqual([]);
    await journal.close();
    expect(await readdir(root)).toEqual([]);
    await journal.keep(encodeEntry(entryOf('one')));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  it('gives the next host what one left that was killed: all of it, in order, as it was', async () => {
    const entries = await killed(['one', 'two', 'three']);
    expect((await open('host-2').inherit()).map(({ entry }) => entry)).toEqual(entries);
  });

  it('gives the next host what one left that has stopped, in the same process too', async () => {
    const journal = open();
    for (const detail of ['one', 'two']) await journal.keep(encodeEntry(entryOf(detail)));
    expect(await open().inherit()).toEqual([]);
    await journal.close();
    expect(details(await open().inherit())).toEqual(['one', 'two']);
  });

  it('gives what several hosts left in the order in which they left it', async () => {
    for (const detail of ['one', 'two', 'three']) await killed([detail]);
    expect(details(await open('host-2').inherit())).toEqual(['one', 'two', 'three']);
  });

  it('gives each of what is left to one host alone, of several that start at once', async () => {
    for (const detail of ['one', 'two', 'three', 'four']) await killed([detail]);
    const all = await Promise.all(Array.from({ length: 5 }, () => open().inherit()));
    expect(all.flat()).toHaveLength(4);
    expect(new Set(details(all.flat()))).toEqual(new Set(['one', 'two', 'three', 'four']));
  });

  it('is given to hosts of the same registry alone', async () => {
    await killed(['one']);
    expect(await open('host-1', randomUUID()).inherit()).toEqual([]);
    expect(details(await open().inherit())).toEqual(['one']);
  });

  it('of a host whose process cannot be seen from here is given to one of the same id alone', async () => {
    await killed(['one'], 'host-1', { pidNamespace: '1' });
    expect(await open('host-2').inherit()).toEqual([]);
    expect(details(await open('host-1').inherit())).toEqual(['one']);
  });

  it('without what was being written when its host was killed gives the rest', async () => {
    await killed(['one', 'two']);
    const [name = ''] = await readdir(folder);
    await appendFile(join(folder, name), Buffer.from([0, 0, 1, 0, 1, 2, 3, 4, 5]));
    expect(details(await open().inherit())).toEqual(['one', 'two']);
  });

  it('that was changed gives what comes before the change, and a copy of it stays', async () => {
    await killed(['one', 'two']);
    const [name = ''] = await readdir(folder);
    const bytes = await readFile(join(folder, name));
    bytes.write('!', bytes.indexOf('two'));
    await writeFile(join(folder, name), bytes);
    const journal = open();
    const left = await journal.inherit();
    expect(details(left)).toEqual(['one']);
    for (const { segment } of left) await journal.delivered(segment);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/\.damaged$/)]);
  });

  it('leaves nothing when everything was delivered', async () => {
    await killed(['one', 'two']);
    const journal = open();
    const inherited = (await journal.inherit()).map(({ segment }) => segment);
    const own = await Promise.all(
      ['three', 'four'].map((detail) => journal.keep(encodeEntry(entryOf(detail)))),
    );
    expect(new Set([...inherited, ...own]).size).toBe(2);
    for (const segment of [...inherited, ...own]) await journal.delivered(segment);
    expect(await readdir(folder)).toEqual([]);
    await journal.keep(encodeEntry(entryOf('five')));
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('is removed bit by bit while more is kept', async () => {
    const journal = open();
    const large = 'x'.repeat(600 * 1024);
    const first = await journal.keep(encodeEntry(entryOf(large)));
    const second = await journal.keep(encodeEntry(entryOf(large)));
    const third = await journal.keep(encodeEntry(entryOf('small')));
    expect([first === second, second === third]).toEqual([true, false]);
    await journal.delivered(first);
    expect(await readdir(folder)).toHaveLength(2);
    await journal.delivered(second);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('that cannot be written says so, and is written again when it can', async () => {
    await writeFile(folder, 'in the way');
    const journal = open();
    await expect(journal.keep(encodeEntry(entryOf('one')))).rejects.toMatchObject({
      code: 'STATE_DIRECTORY_INVALID',
    });
    await rm(folder);
    await journal.keep(encodeEntry(entryOf('two')));
    await journal.close();
    expect(details(await open().inherit())).toEqual(['two']);
  });

  it('is refused where others may write to it', async () => {
    await mkdir(folder);
    await chmod(folder, 0o777);
    await expect(open().inherit()).rejects.toMatchObject({ code: 'STATE_DIRECTORY_INVALID' });
  });
});
