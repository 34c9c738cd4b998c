import type { ScanRefusal } from '@stellaops-samples/release-gate-contracts';
import { Type } from '@stellaops/plugin-sdk';
import type { LockedPackage } from './component.ts';
import { checkDocument } from './document.ts';
import type { Lockfile } from './lockfile.ts';
import { refuse } from './refusal.ts';

const NpmLockfile = Type.Object({
  packages: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        name: Type.Optional(Type.String()),
        version: Type.Optional(Type.String()),
        resolved: Type.Optional(Type.String()),
        link: Type.Optional(Type.Boolean()),
      }),
    ),
  ),
});

/** The last folder under `node_modules`; none for the root, for workspaces and for other folders of the project. */
const installedFolder = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/;

/**
 * Reads a package-lock.json of version 2 or 3. Its `packages` are places in the tree, so a package may stand in several:
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#packages
 */
export function readNpmLockfile(content: unknown): Lockfile | ScanRefusal {
  const version: unknown = Object(content).lockfileVersion;
  if (version !== 2 && version !== 3) {
    return refuse(
      'unsupportedVersion',
      `is a package-lock.json of version ${String(version)}, and this scanner reads 2 and 3; a current npm rewrites it: npm install --package-lock-only`,
    );
  }
  const checked = checkDocument(NpmLockfile, content);
  if ('kind' in checked) return checked;
  const packages: LockedPackage[] = [];
  for (const [place, entry] of Object.entries(checked.document.packages ?? {})) {
    const [, folder] = installedFolder.exec(place) ?? [];
    const pinned = entry.version ?? entry.resolved; // npm leaves both out of an optional package that it could not get
    if (folder === undefined || entry.link === true || pinned === undefined) continue;
    packages.push({
      name: entry.name ?? folder, // an alias: it stands under another name
      version: pinned,
      ...(entry.resolved?.startsWith('git') && { source: { vcs_url: entry.resolved } }),
    });
  }
  return { format: `package-lock.json ${version}`, packages };
}
