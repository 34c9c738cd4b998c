import type { ScanRefusal } from '@stellaops-samples/release-gate-contracts';
import { Type, type Static } from '@stellaops/plugin-sdk';
import type { LockedPackage } from './component.ts';
import { checkDocument } from './document.ts';
import type { Lockfile } from './lockfile.ts';
import { refuse } from './refusal.ts';

const Resolution = Type.Object({
  type: Type.Optional(Type.String()),
  tarball: Type.Optional(Type.String()),
  repo: Type.Optional(Type.String()),
  commit: Type.Optional(Type.String()),
});

const PnpmLockfile = Type.Object({
  packages: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        name: Type.Optional(Type.String()),
        version: Type.Optional(Type.String()),
        resolution: Resolution,
      }),
    ),
  ),
});

/**
 * Reads a pnpm-lock.yaml of version 6 or 9: https://github.com/pnpm/spec/tree/master/lockfile
 * Its `packages` are what was resolved; links to workspaces, and in version 9 the combinations of peers, stand elsewhere.
 */
export function readPnpmLockfile(content: unknown): Lockfile | ScanRefusal {
  const version = String(Object(content).lockfileVersion);
  if (!/^[69]\./.test(version)) {
    return refuse(
      'unsupportedVersion',
      `is a pnpm-lock.yaml of version ${version}, and this scanner reads 6 and 9; a current pnpm rewrites it: pnpm install --lockfile-only`,
    );
  }
  const checked = checkDocument(PnpmLockfile, content);
  if ('kind' in checked) return checked;
  const packages: LockedPackage[] = [];
  for (const [key, entry] of Object.entries(checked.document.packages ?? {})) {
    if (entry.resolution.type === 'directory') continue; // a folder of the project itself
    const named = parseKey(key);
    const source = sourceOf(entry.resolution);
    packages.push({
      name: entry.name ?? named.name, // only where the key is an address
      version: entry.version ?? named.version,
      ...(source && { source }),
    });
  }
  return { format: `pnpm-lock.yaml ${version}`, packages };
}

/** Reads `name@version`; in version 6 with a `/` before it, and its peers behind it in parentheses. */
function parseKey(key: string): { readonly name: string; readonly version: string } {
  const [, name = key, version = ''] = /^\/?((?:@[^/@]+\/)?[^/@]+)@([^(]+)/.exec(key) ?? [];
  return { name, version };
}

/** A tarball is noted too for a package whose registry keeps it in an unusual place. */
function sourceOf({ type, tarball, repo, commit }: Static<typeof Resolution>): LockedPackage['source'] {
  if (type === 'git' && repo !== undefined) return { vcs_url: `git+${repo}@${commit ?? 'HEAD'}` };
  return tarball === undefined ? undefined : { download_url: tarball };
}
