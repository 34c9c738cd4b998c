import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompiledFile } from '../wire/messages.ts';

/** Where the sandbox shows what an earlier runner compiled, if there was one. */
const shown = '/runtime/compiled';
/** The only place to write. */
const made = '/tmp/compiled';
/** More modules beside an entry are those of no bundle. */
const maxNeighbours = 64;
const moduleExtensions = new Set(['.js', '.mjs']);

/** Has imports from now on take what an earlier runner compiled, where that is the same source and the same V8; where it is not, Node compiles. */
export function useCompiledCode(): void {
  enableCompileCache(shown);
}

/**
 * Compiles a module, what it imports and what stands beside it to be imported later, for Node to use in other processes, and runs none of
 * it; nothing, where that fails.
 */
export async function compileModule(url: URL): Promise<readonly CompiledFile[]> {
  try {
    enableCompileCache(made);
    await failToLink([url]);
    await failToLink([url, ...neighboursOf(url)]);
    flushCompileCache();
    return readFiles(made);
  } catch {
    return [];
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** A module is compiled, with all that it imports, before Node sees that it lacks a name, and is not run then (ECMA-262, 16.2.1.6). */
async function failToLink([url, ...others]: readonly [URL, ...URL[]]): Promise<void> {
  const unheardOf = `n${randomUUID().replaceAll('-', '')}`;
  const imports = [
    `{ ${unheardOf} } from ${JSON.stringify(url.href)}`,
    ...others.map(({ href }) => JSON.stringify(href)),
  ];
  const source = imports.map((each) => `import ${each};`).join('');
  await import(`data:text/javascript,${encodeURIComponent(source)}`).catch(() => undefined);
}

/** Bundlers put what is imported when it is needed into modules of its own, beside the entry. */
function neighboursOf(entry: URL): readonly URL[] {
  const folder = new URL('.', entry);
  const names = readdirSync(fileURLToPath(folder)).filter((name) => moduleExtensions.has(extname(name)));
  return names.length > maxNeighbours ? [] : names.map((name) => new URL(encodeURIComponent(name), folder));
}

function readFiles(folder: string): readonly CompiledFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return { path: file.slice(folder.length + 1), content: readFileSync(file) };
    });
}
