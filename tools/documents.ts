import { globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from './run.ts';

/** A fenced block of code in a Markdown document. */
export interface CodeBlock {
  readonly language: string;
  /** The name that `file=NAME` in the info string gives it, so that blocks of one document can import each other. */
  readonly file: string | undefined;
  readonly text: string;
  /** The line of the document on which the text begins, from 1. */
  readonly line: number;
}

/** The documents whose blocks are checked, relative to the repository. */
export function findDocuments(root: string): readonly string[] {
  const patterns = ['*.md', 'docs/**/*.md', 'packages/*/*.md', 'samples/**/*.md', 'tools/**/*.md'];
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules', '**/CHANGELOG.md'] }).toSorted();
}

/** Every fenced block, in order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const fence = /^```(\w+)?(.*)\n([^]*?)^```$/gm;
  return [...markdown.matchAll(fence)].map((match) => ({
    language: match[1] ?? '',
    file: /\bfile=(\S+)/.exec(match[2] ?? '')?.[1],
    text: match[3] ?? '',
    line: markdown.slice(0, match.index).split('\n').length + 1,
  }));
}

/** The scripts of a package of the workspace, and of the repository itself where none is named. */
export type ScriptsOf = (packageName?: string) => readonly string[];

/** What is wrong with blocks that need no compiler: JSON must parse, and a `pnpm` command must be a script or pnpm's own. */
export function blockProblems(
  document: string,
  blocks: readonly CodeBlock[],
  scriptsOf: ScriptsOf,
): readonly string[] {
  return blocks.flatMap((block) => {
    const at = `${document}:${block.line}`;
    if (block.language === 'json') return jsonProblems(at, block.text);
    if (block.language === 'sh') return shellProblems(at, block.text, scriptsOf);
    return [];
  });
}

function jsonProblems(at: string, text: string): string[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [`${at} is not JSON: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function shellProblems(at: string, text: string, scriptsOf: ScriptsOf): readonly string[] {
  const command = /\bpnpm(?:@\d+)?(?: --filter (\S+))?(?: run)? ([\w:-]+)/g;
  return [...text.matchAll(command)]
    .filter(([, name, script = '']) => !['add', 'exec', 'install', ...scriptsOf(name)].includes(script))
    .map(([line, name]) => `${at} says ${line}, which is no script of ${name ?? 'this repository'}`);
}

/** The scripts that the package.json files of the repository hold now. */
export function readScripts(root: string): ScriptsOf {
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const own = read('package.json');
  const members = globSync('{packages,samples,tools}/**/package.json', {
    cwd: root,
    exclude: ['**/node_modules'],
  }).map(read);
  return (name = own.name) =>
    Object.keys([own, ...members].find((manifest) => manifest.name === name)?.scripts ?? {});
}

/**
 * Compiles the TypeScript blocks of all documents against the packages of the workspace, in the folder `.docs`.
 * Rejects with the compiler's messages: `.docs/README.md/block.ts(57,3)` is line 57 of README.md.
 */
export async function compileBlocks(root: string, documents: readonly string[]): Promise<void> {
  const folder = join(root, '.docs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules/@stellaops'), { recursive: true });
  for (const path of globSync('packages/*', { cwd: root })) {
    symlinkSync(join(root, path), join(folder, `node_modules/@stellaops/plugin-${basename(path)}`));
  }
  for (const document of documents) {
    const blocks = codeBlocks(readFileSync(join(root, document), 'utf8'));
    for (const { file, line, text } of blocks.filter(({ language }) => language === 'ts')) {
      const path = join(folder, document, file ?? `block-${line}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '\n'.repeat(line - 1) + text, { flag: 'wx' });
    }
  }
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = {
    extends: '../tsconfig.test.json',
    compilerOptions,
    include: ['**/*.ts'],
    exclude: ['node_modules'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await run('tsc', ['-p', '.docs'], root);
}
