import { describe, expect, it } from '@jest/globals';
import type { Component } from '@stellaops-samples/release-gate-contracts';
import { evaluate } from '../src/evaluator/evaluate.ts';
import type { Rules } from '../src/evaluator/rules.ts';

const noRules: Rules = { denied: [], duplicates: { action: 'allow', except: [] } };
const denying = (name: string, range: string): Rules => ({
  ...noRules,
  denied: [{ name, range, reason: 'it is bad' }],
});
const components = (...names: readonly string[]): Component[] => names.map(component);

function component(ref: string): Component {
  const at = ref.indexOf('@', 1);
  return {
    type: 'library',
    'bom-ref': ref,
    name: ref.slice(0, at),
    version: ref.slice(at + 1),
    purl: `pkg:npm/${ref}`,
  };
}

describe('a release', () => {
  it('passes when nothing is found against it', () => {
    expect(evaluate(noRules, { components: components('ms@2.1.3') })).toEqual({
      outcome: 'pass',
      violations: [],
    });
  });

  it('fails when it was not scanned, however little is known of it', () => {
    expect(evaluate(noRules, { components: [], problem: 'the scanner is gone' })).toEqual({
      outcome: 'fail',
      violations: [
        { rule: 'notScanned', severity: 'fail', subject: 'the lockfile', reason: 'the scanner is gone' },
      ],
    });
  });
});

describe('a denied package', () => {
  it.each([
    ['<4.17.21', '4.17.20', 'fail'],
    ['<4.17.21', '4.17.21', 'pass'],
    ['<4.17.21', '4.17.21-rc.1', 'fail'],
    ['1.2.3 || 2.0.0', '2.0.0', 'fail'],
    ['1.2.3 || 2.0.0', '2.0.1', 'pass'],
    ['*', '1.0.0-beta', 'fail'],
  ])('with the range %s, in version %s: %s', (range, version, outcome) => {
    const verdict = evaluate(denying('lodash', range), { components: components(`lodash@${version}`) });

    expect(verdict.outcome).toBe(outcome);
  });

  it('fails the release with the reason of the rule', () => {
    expect(
      evaluate(denying('@a/b', '*'), { components: components('@a/b@1.0.0', 'b@1.0.0') }).violations,
    ).toEqual([{ rule: 'denied', severity: 'fail', subject: '@a/b 1.0.0', reason: 'it is bad' }]);
  });

  it('is denied in a version that cannot be compared', () => {
    const verdict = evaluate(denying('lodash', '<4.17.21'), {
      components: components('lodash@https://example.org/l.tgz'),
    });

    expect(verdict.outcome).toBe('fail');
  });
});

describe('a package in several versions', () => {
  const twice = components('semver@7.8.6', 'ms@2.1.3', 'semver@6.3.1', 'semver@10.0.0');
  const duplicates = (action: 'allow' | 'warn' | 'deny', ...except: string[]): Rules => ({
    ...noRules,
    duplicates: { action, except },
  });

  it.each([
    ['allow', 'pass'],
    ['warn', 'warn'],
    ['deny', 'fail'],
  ] as const)('under the action %s: %s', (action, outcome) => {
    expect(evaluate(duplicates(action), { components: twice }).outcome).toBe(outcome);
  });

  it('is named once, with its versions in order', () => {
    expect(evaluate(duplicates('warn'), { components: twice }).violations).toEqual([
      { rule: 'duplicate', severity: 'warn', subject: 'semver', reason: '3 versions: 6.3.1, 7.8.6, 10.0.0' },
    ]);
  });

  it('may be excepted', () => {
    expect(evaluate(duplicates('deny', 'semver'), { components: twice }).outcome).toBe('pass');
  });

  it('in very many versions is told in one line', () => {
    const many = components(...Array.from({ length: 5000 }, (_, patch) => `ms@1.0.${patch}`));

    expect(evaluate(duplicates('warn'), { components: many }).violations).toMatchObject([
      { reason: '5000 versions: 1.0.0, 1.0.1, 1.0.2, 1.0.3, 1.0.4, and 4995 more' },
    ]);
  });

  it('stands behind what fails the release', () => {
    const rules: Rules = { ...duplicates('warn'), denied: [{ name: 'ms', range: '*', reason: 'it is bad' }] };

    expect(evaluate(rules, { components: twice }).violations.map(({ rule }) => rule)).toEqual([
      'denied',
      'duplicate',
    ]);
  });
});
