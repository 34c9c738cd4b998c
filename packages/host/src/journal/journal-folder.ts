import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { findPresence, readOwnIdentity, type ProcessIdentity } from '@stellaops/plugin-abstractions/hosting';
import { formatRecord, readRecords, type ReadRecords } from './records.ts';
import { Segment } from './segment.ts';
import { formatSegmentName, newStem, parseSegmentName, type SegmentName } from './segment-name.ts';

/** Whose journal it is. */
export interface JournalOwner {
  /** To which registry alone it is delivered. */
  readonly registryId: string;
  readonly hostId: string;
}

/** A segment that an earlier host left, and what stands in it. */
export interface FoundSegment {
  readonly segment: Segment;
  readonly records: readonly Uint8Array[];
  readonly rest: ReadRecords['rest'];
}

/** Makes a segment that belongs to this process. Rejects with what the file system says. */
export async function createSegment(folder: string, owner: JournalOwner): Promise<Segment> {
  const name = formatSegmentName({ stem: newStem(), owner: await readOwnIdentity() });
  const segment = await Segment.create(join(folder, name), formatRecord(Buffer.from(JSON.stringify(owner))));
  await syncFolder(folder);
  return segment;
}

/**
 * Takes over the segments for this registry that no living host has, oldest first. Of two hosts that want one at once, one gets it. Whether
 * a host of another pid namespace lives cannot be seen from here: what it left is taken by a host of the same id alone.
 */
export async function claimSegments(folder: string, owner: JournalOwner): Promise<readonly FoundSegment[]> {
  const own = await readOwnIdentity();
  const found: FoundSegment[] = [];
  for (const file of (await readdir(folder)).toSorted()) {
    const name = parseSegmentName(file);
    if (!name) continue;
    const segment = await claim(folder, name, own, owner).catch(undefinedIfGone);
    if (segment) found.push(segment);
  }
  return found;
}

/** Lets another host have a segment. */
export async function releaseSegment(folder: string, path: string): Promise<void> {
  const name = parseSegmentName(path.slice(folder.length + 1));
  if (name) await rename(path, join(folder, formatSegmentName({ stem: name.stem }))).catch(undefinedIfGone);
}

async function claim(
  folder: string,
  { stem, owner }: SegmentName,
  own: ProcessIdentity,
  wanted: JournalOwner,
): Promise<FoundSegment | undefined> {
  const presence = owner ? await findPresence(owner) : 'gone';
  if (presence === 'running') return undefined;
  const path = join(folder, formatSegmentName({ stem, ...(owner && { owner }) }));
  const head = parseHead(readRecords(await readFile(path)).records[0]);
  const isWanted =
    head?.['registryId'] === wanted.registryId && (presence === 'gone' || head['hostId'] === wanted.hostId);
  // One without a head was being made when its host was killed: nothing is in it.
  if (!isWanted && !(head === undefined && presence === 'gone')) return undefined;
  const claimed = join(folder, formatSegmentName({ stem, owner: own }));
  await rename(path, claimed);
  const { records, rest } = readRecords(await readFile(claimed));
  const entries = head ? records.slice(1) : [];
  return { segment: new Segment(claimed, entries.length), records: entries, rest };
}

function parseHead(record: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  if (!record) return undefined;
  try {
    return Object(JSON.parse(Buffer.from(record).toString()));
  } catch {
    return undefined;
  }
}

/** Another host may have been quicker. */
function undefinedIfGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}

/** A new name is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
