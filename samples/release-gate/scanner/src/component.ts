import { Component, type ScanRefusal } from '@stellaops-samples/release-gate-contracts';
import { PackageURL } from 'packageurl-js';
import { Compile } from 'typebox/compile';
import { refuse } from './refusal.ts';

/** A package that a lockfile pins. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Where it comes from, as a qualifier of a package URL; missing for what comes from a registry. */
  readonly source?: { readonly vcs_url: string } | { readonly download_url: string };
}

/** The packages as CycloneDX components, each name and version once. What cannot be one makes the lockfile malformed. */
export function toComponents(packages: readonly LockedPackage[]): Component[] | ScanRefusal {
  const contract = Compile(Component);
  const components = new Map<string, Component>();
  for (const locked of packages) {
    const component = toComponent(locked);
    if (!contract.Check(component)) {
      return refuse('malformed', `pins what is no package: "${locked.name}" in version "${locked.version}"`);
    }
    components.set(component['bom-ref'], component);
  }
  return [...components.values()];
}

function toComponent({ name, version, source }: LockedPackage): Component | undefined {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  const scope = slash === -1 ? undefined : name.slice(0, slash);
  try {
    const purl = new PackageURL('npm', scope, name.slice(slash + 1), version, source, undefined).toString();
    return { type: 'library', 'bom-ref': `${name}@${version}`, name, version, purl };
  } catch {
    return undefined; // a package URL refuses some names, an empty one for example
  }
}
