import { readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folders of packages that some links lead to, and their links in turn, relative to the root of a pnpm workspace. */
export function findLinkedPackages(root: string, links: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const left = [...links];
  for (let link = left.pop(); link !== undefined; link = left.pop()) {
    const target = relative(root, realpathSync(join(root, link)));
    // pnpm keeps a package and links to what it needs beside it, in one folder.
    const [, store] = /^(node_modules\/\.pnpm\/[^/]+)\//.exec(target) ?? [];
    const folder = store ?? target;
    if (found.has(folder)) continue;
    found.add(folder);
    left.push(...listLinks(root, join(folder, 'node_modules')));
  }
  return [...found].toSorted();
}

/** The packages in a `node_modules`, those with a scope included. */
function listLinks(root: string, modules: string): readonly string[] {
  return readEntries(join(root, modules)).flatMap((name) => {
    const path = join(modules, name);
    return name.startsWith('@')
      ? readEntries(join(root, path)).map((inner) => `${path}${sep}${inner}`)
      : [path];
  });
}

function readEntries(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return []; // A package without dependencies has none.
  }
}
