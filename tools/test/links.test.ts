import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { findDocuments } from '../documents.ts';
import { linkProblems } from '../links.ts';

const root = resolve(import.meta.dirname, '../..');

it.each(findDocuments(root))('finds nothing wrong in the links of %s', (document) => {
  expect(linkProblems(root, document, readFileSync(join(root, document), 'utf8'))).toEqual([]);
});

it('says which link leads nowhere, and which test does not say what its link says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stella-links-'));
  try {
    writeFileSync(join(folder, 'limits.test.ts'), "it('ends what takes more')");
    const markdown = [
      '[a](limits.test.ts "ends what takes more") [b](limits.test.ts#L1) [c](https://example.com/x)',
      '[d](gone.test.ts) [e](limits.test.ts "grows wings")',
      `[g](limits.test.ts 'ends what takes more') [h](limits.test.ts 'says "more"')`,
      '```md\n[f](in-a-block.md)\n```',
    ].join('\n');
    expect(linkProblems(folder, 'README.md', markdown)).toEqual([
      'README.md links to gone.test.ts, which is not there',
      'README.md says that limits.test.ts has "grows wings", and it has not',
      'README.md says that limits.test.ts has "says "more"", and it has not',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
