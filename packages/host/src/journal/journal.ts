import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '@stellaops/plugin-abstractions';
import type { FileDeadline } from './file-deadline.ts';
import { decodeEntry, type JournalEntry } from './journal-entry.ts';
import {
  claimSegments,
  createSegment,
  releaseSegment,
  type FoundSegment,
  type JournalOwner,
} from './journal-folder.ts';
import { formatRecord } from './records.ts';
import type { Segment } from './segment.ts';

/** When a file has so many bytes the next one is begun, so that what was delivered is removed bit by bit. */
const segmentBytes = 1024 * 1024;

/** Where a journal is. */
export interface JournalPlace {
  /** The folder, if there is one yet. */
  find(): Promise<string | undefined>;
  /** The folder; it is made where it is missing. */
  make(): Promise<string>;
}

/** An entry that an earlier host left, and where it is kept. */
export interface LeftEntry {
  readonly entry: JournalEntry;
  readonly segment: Segment;
}

interface Unwritten {
  readonly record: Buffer;
  readonly kept: PromiseWithResolvers<Segment>;
}

/** Keeps entries in files until they were delivered. All of it rejects with `STATE_DIRECTORY_INVALID` when the file system does not answer in time. */
export class Journal {
  readonly #place: JournalPlace;
  readonly #owner: JournalOwner;
  readonly #deadline: FileDeadline;
  readonly #logger: Logger;
  readonly #segments = new Set<Segment>();
  readonly #unwritten: Unwritten[] = [];
  #current: Segment | undefined;
  #writing: Promise<void> | undefined;
  #removals: Promise<unknown> = Promise.resolve();

  constructor(place: JournalPlace, owner: JournalOwner, deadline: FileDeadline, logger: Logger) {
    this.#place = place;
    this.#owner = owner;
    this.#deadline = deadline;
    this.#logger = logger;
  }

  /** Takes over what earlier hosts left for the same registry, oldest first. */
  inherit(): Promise<readonly LeftEntry[]> {
    return this.#deadline.run(
      () => this.#inherit(),
      () => this.#release(),
    );
  }

  /** Resolves with where an entry is kept, when it is on the disk. Entries are kept in the order of the calls. */
  keep(content: Uint8Array): Promise<Segment> {
    const kept = Promise.withResolvers<Segment>();
    this.#unwritten.push({ record: formatRecord(content), kept });
    this.#writing ??= this.#write();
    return kept.promise;
  }

  /** An entry that is kept there was delivered. Rejects when a file of which nothing is left could not be removed. */
  async delivered(segment: Segment): Promise<void> {
    if (!segment.delivered()) return;
    if (this.#current === segment) this.#current = undefined;
    this.#segments.delete(segment);
    const removed = this.#deadline.run(() => segment.remove());
    this.#removals = Promise.allSettled([this.#removals, removed]);
    await removed;
  }

  /** Lets other hosts deliver what is left. */
  async close(): Promise<void> {
    await Promise.all([this.#writing, this.#removals]);
    this.#current = undefined;
    await this.#deadline.run(() => this.#release());
  }

  async #inherit(): Promise<readonly LeftEntry[]> {
    const folder = await this.#place.find();
    if (folder === undefined) return [];
    const left: LeftEntry[] = [];
    for (const found of await claimSegments(folder, this.#owner)) left.push(...(await this.#take(found)));
    return left;
  }

  async #release(): Promise<void> {
    for (const { path } of this.#segments) await releaseSegment(dirname(path), path);
    this.#segments.clear();
  }

  /**
   * What comes while a batch is written is the next batch. What is on the disk too late counts as lost here, and a later host
   * delivers it: the trail may tell of more than was promised, never of less.
   */
  async #write(): Promise<void> {
    while (this.#unwritten.length > 0) {
      const batch = this.#unwritten.splice(0);
      try {
        const segment = await this.#deadline.run(() => this.#append(batch.map(({ record }) => record)));
        this.#current = segment;
        for (const { kept } of batch) kept.resolve(segment);
      } catch (error) {
        this.#current = undefined; // nothing is written behind a record that may be torn
        for (const { kept } of batch) kept.reject(error);
      }
    }
    this.#writing = undefined; // in this very step: whoever comes next begins anew
  }

  async #append(records: readonly Uint8Array[]): Promise<Segment> {
    const isOpen = this.#current && this.#current.bytes < segmentBytes;
    const segment = (isOpen && this.#current) || (await this.#begin());
    await segment.append(records);
    return segment;
  }

  async #begin(): Promise<Segment> {
    const segment = await createSegment(await this.#place.make(), this.#owner);
    this.#segments.add(segment);
    return segment;
  }

  async #take({ segment, records, rest }: FoundSegment): Promise<readonly LeftEntry[]> {
    const entries = records.map(decodeEntry);
    const { path } = segment;
    if (rest === 'torn')
      this.#logger.warn({ path }, 'the last record of a journal is torn: its host was killed as it wrote it');
    if (rest === 'damaged' || entries.includes(undefined)) {
      const damaged = `${path}.damaged`;
      await copyFile(path, damaged);
      this.#logger.error(
        { path: damaged, records: records.length },
        'a journal was changed since it was written; what can be read of it is delivered, and the file is left',
      );
    }
    for (const entry of entries) if (!entry) segment.delivered();
    const left = entries.flatMap((entry) => (entry ? [{ entry, segment }] : []));
    if (left.length === 0) await segment.remove();
    else this.#segments.add(segment);
    return left;
  }
}
