import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { writeHeaders } from '../../../src/http2/hpack/header-writer.ts';
import { exchange, requestBlocks, type Headers } from './node-peer.ts';
import { readerOf } from './read-blocks.ts';

const runs = { numRuns: 40, seed: 4 };
const names = fc.oneof(
  fc.constantFrom('accept', 'authorization', 'cookie', 'etag', 'user-agent', 'x-secret', 'x-trace'),
  fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{1,30}$/u),
);
const values = fc.oneof(
  fc.constantFrom('', 'gzip, deflate', 'trailers', '0'),
  fc.stringMatching(/^[!-~](?:[ -~]{0,60}[!-~])?$/u),
  fc.stringMatching(/^[!-~\u00a1-\u00ff]{1,40}$/u),
  fc.nat({ max: 2000 }).map((length) => 'long '.repeat(length / 5) + 'x'),
);
const headers: fc.Arbitrary<Headers> = fc.dictionary(names, values, { maxKeys: 10, noNullPrototype: true });
/** Of which some come again and again, as in life. */
const lists = fc
  .array(headers, { minLength: 1, maxLength: 4 })
  .chain((few) => fc.array(fc.constantFrom(...few), { minLength: 1, maxLength: 12 }));

/** Without those that HTTP/2 itself needs, whose order is Node's own, and the date, which a server adds. */
const ordinary = (fields: Iterable<readonly [string, string]> = []): Headers =>
  Object.fromEntries([...fields].filter(([name]) => name !== 'date' && !name.startsWith(':')));

describe('with the HTTP/2 of Node at the other end', () => {
  it.each([4096, 1024, 100, 0, 65_536])(
    'requests are read as they were meant, by a table of %d bytes',
    async (tableBytes) => {
      const property = fc.asyncProperty(lists, async (requests) => {
        const reader = readerOf({ maxTableBytes: Math.max(4096, tableBytes) });
        const read = (await requestBlocks(requests, tableBytes)).map((block) => reader.read(block));
        expect(read.map(ordinary)).toEqual(requests);
        for (const fields of read) expect(fields).toContainEqual([':method', 'GET']);
      });
      await fc.assert(property, runs);
    },
  );

  it('requests are understood as they were written, and so are answers', async () => {
    const property = fc.asyncProperty(lists, async (requests) => {
      const fields = requests.map((request) => [
        [':method', 'POST'] as const,
        [':scheme', 'http'] as const,
        [':authority', 'localhost'] as const,
        [':path', '/a/b?c'] as const,
        ...Object.entries(request),
      ]);
      const { read, blocks } = await exchange(fields.map(writeHeaders), requests);
      expect(read).toEqual(fields);
      const reader = readerOf();
      expect(blocks.map((block) => ordinary(reader.read(block)))).toEqual(requests);
    });
    await fc.assert(property, runs);
  });
});
