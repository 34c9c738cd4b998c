import type { HeaderField } from '../../../src/http2/hpack/header-field.ts';
import { HeaderReader, type HeaderBounds } from '../../../src/http2/hpack/header-reader.ts';

/** A reader that takes plenty, unless said otherwise. */
export function readerOf(bounds: Partial<HeaderBounds> = {}): HeaderReader {
  return new HeaderReader({ maxListBytes: 1_000_000, maxFields: 10_000, maxTableBytes: 4096, ...bounds });
}

/** The block that these digits stand for. */
export function block(...hex: readonly string[]): Buffer {
  return Buffer.from(hex.join('').replaceAll(/\s/gu, ''), 'hex');
}

/** A literal of which name and value are given, behind this byte. */
export function literal(kind: number, ...texts: readonly string[]): Buffer {
  const parts = texts.flatMap((text) => [Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
  return Buffer.concat([Buffer.from([kind]), ...parts]);
}

/** What a reader keeps, the newest first. */
export function tableOf(reader: HeaderReader): readonly HeaderField[] {
  const entries: HeaderField[] = [];
  for (let index = 62; ; index++) {
    try {
      entries.push(...(reader.read(Buffer.from([0x80 | index])) ?? []));
    } catch {
      return entries;
    }
  }
}
