import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { blockProblems, codeBlocks, compileBlocks, findDocuments, readScripts } from '../documents.ts';

const root = resolve(import.meta.dirname, '../..');
const documents = findDocuments(root);

const example = `# Title

\`\`\`ts file=greeter.ts
export const greeting = 'hello';
\`\`\`

\`\`\`json
{ "a": 1, }
\`\`\`

\`\`\`sh
npx -y pnpm@12 start
pnpm install
npx -y pnpm@12 run fly
pnpm --filter sample start
pnpm --filter sample fly
\`\`\`
`;

it('finds the blocks of a document with their names and lines', () => {
  expect(codeBlocks(example).map(({ language, file, line }) => ({ language, file, line }))).toEqual([
    { language: 'ts', file: 'greeter.ts', line: 4 },
    { language: 'json', file: undefined, line: 8 },
    { language: 'sh', file: undefined, line: 12 },
  ]);
});

it('says where a block is not JSON, or runs a script that is not there', () => {
  expect(blockProblems('a.md', codeBlocks(example), () => ['start'])).toEqual([
    expect.stringMatching(/^a\.md:8 is not JSON: /),
    'a.md:12 says pnpm@12 run fly, which is no script of this repository',
    'a.md:12 says pnpm --filter sample fly, which is no script of sample',
  ]);
});

it.each(documents)('finds nothing wrong in the JSON and the commands of %s', (document) => {
  const blocks = codeBlocks(readFileSync(join(root, document), 'utf8'));

  expect(blockProblems(document, blocks, readScripts(root))).toEqual([]);
});

it('compiles every TypeScript block of the documentation', async () => {
  await expect(compileBlocks(root, documents)).resolves.toBeUndefined();
});
