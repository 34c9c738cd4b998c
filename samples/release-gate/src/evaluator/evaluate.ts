import type { Component, ScanResult, Verdict, Violation } from '@stellaops-samples/release-gate-contracts';
import { compareBuild, satisfies, valid } from 'semver';
import type { Rules } from './rules.ts';

/** Judges what was scanned. What could not be scanned does not pass. */
export function evaluate(rules: Rules, { components, problem }: ScanResult): Verdict {
  const violations: readonly Violation[] = [
    ...(problem === undefined ? [] : [notScanned(problem)]),
    ...components.flatMap((component) => denials(rules, component)),
    ...duplicates(rules, components),
  ];
  const failures = violations.filter(({ severity }) => severity === 'fail');
  const warnings = violations.filter(({ severity }) => severity === 'warn');
  const outcome = failures.length > 0 ? 'fail' : warnings.length > 0 ? 'warn' : 'pass';
  return { outcome, violations: [...failures, ...warnings] };
}

function notScanned(problem: string): Violation {
  return { rule: 'notScanned', severity: 'fail', subject: 'the lockfile', reason: problem };
}

/** A version that is not SemVer, an address for example, cannot be ruled out: every rule for its package holds. */
function denials({ denied }: Rules, { name, version }: Component): readonly Violation[] {
  return denied
    .filter((rule) => rule.name === name)
    .filter(({ range }) => valid(version) === null || satisfies(version, range, { includePrerelease: true }))
    .map(({ reason }) => ({ rule: 'denied', severity: 'fail', subject: `${name} ${version}`, reason }));
}

function duplicates({ duplicates: rule }: Rules, components: readonly Component[]): readonly Violation[] {
  if (rule.action === 'allow') return [];
  const severity = rule.action === 'deny' ? 'fail' : 'warn';
  return [...Map.groupBy(components, ({ name }) => name)]
    .filter(([name, group]) => group.length > 1 && !rule.except.includes(name))
    .map(([name, group]) => ({
      rule: 'duplicate',
      severity,
      subject: name,
      reason: `${group.length} versions: ${listed(group.map(({ version }) => version))}`,
    }));
}

function listed(versions: readonly string[]): string {
  const sorted = versions.toSorted((a, b) =>
    valid(a) && valid(b) ? compareBuild(a, b) : a.localeCompare(b),
  );
  const more = sorted.length > 5 ? `, and ${sorted.length - 5} more` : '';
  return sorted.slice(0, 5).join(', ') + more;
}
