import type { ScanRefusal } from '@stellaops-samples/release-gate-contracts';
import { YAMLException, loadAll } from 'js-yaml';
import type { LockedPackage } from './component.ts';
import { readNpmLockfile } from './npm-lockfile.ts';
import { readPnpmLockfile } from './pnpm-lockfile.ts';
import { refuse } from './refusal.ts';

/** What is read from a lockfile. The packages may repeat. */
export interface Lockfile {
  readonly format: string;
  readonly packages: readonly LockedPackage[];
}

/** Reads a lockfile of either format. Its content tells which, as people name their files as they like. */
export function readLockfile(text: string): Lockfile | ScanRefusal {
  return text.trimStart().startsWith('{') ? readJson(text) : readYaml(text);
}

function readJson(text: string): Lockfile | ScanRefusal {
  if (!text.includes('"lockfileVersion"')) return unknownFormat();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refuse('malformed', 'is not valid JSON');
  }
  return readNpmLockfile(document);
}

function readYaml(text: string): Lockfile | ScanRefusal {
  if (!/^lockfileVersion:/m.test(text)) return unknownFormat();
  let documents: readonly unknown[];
  try {
    documents = loadAll(text, { maxAliases: 0 }); // pnpm writes none, and a few of them can stand for billions of nodes
  } catch (error) {
    if (!(error instanceof YAMLException)) return refuse('malformed', 'is not valid YAML');
    const place = error.mark && `, line ${error.mark.line + 1}, column ${error.mark.column + 1}`;
    return refuse('malformed', `is not valid YAML: ${error.reason}${place ?? ''}`);
  }
  return readPnpmLockfile(documents.at(-1)); // pnpm may keep one for itself before it: its own version and its plugins
}

function unknownFormat(): ScanRefusal {
  return refuse('unknownFormat', 'is neither a pnpm-lock.yaml nor a package-lock.json');
}
