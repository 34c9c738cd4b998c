import { constants, open, rm } from 'node:fs/promises';

/** Made anew, and never through a link. */
const toCreate = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const toAppend = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;

/** One file of a journal, to which records are appended. It is removed when each of them was delivered. */
export class Segment {
  readonly path: string;
  #bytes = 0;
  #undelivered: number;

  /** A file that holds so many entries. */
  constructor(path: string, undelivered: number) {
    this.path = path;
    this.#undelivered = undelivered;
  }

  /** Makes a file that its user alone may read, and that begins with this record. */
  static async create(path: string, head: Uint8Array): Promise<Segment> {
    await write(path, toCreate, head);
    return new Segment(path, 0);
  }

  /** Without its first record. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when the records are on the disk. When it has rejected, the last of them may be torn: nothing must be written behind it. */
  async append(records: readonly Uint8Array[]): Promise<void> {
    this.#undelivered += records.length;
    const content = Buffer.concat(records);
    try {
      await write(this.path, toAppend, content);
      this.#bytes += content.byteLength;
    } catch (error) {
      this.#undelivered -= records.length;
      throw error;
    }
  }

  /** One of its records was delivered. Whether that was the last. */
  delivered(): boolean {
    this.#undelivered -= 1;
    return this.#undelivered <= 0;
  }

  remove(): Promise<void> {
    return rm(this.path, { force: true });
  }
}

async function write(path: string, flags: number, content: Uint8Array): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.appendFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}
