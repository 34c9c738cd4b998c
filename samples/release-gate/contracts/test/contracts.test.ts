import { describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { CanConnect, CanEvaluatePolicy, CanScan, Component, Line, ScanEvent } from '../src/index.ts';

const component = {
  type: 'library',
  'bom-ref': 'left-pad@1.3.0',
  name: 'left-pad',
  version: '1.3.0',
  purl: 'pkg:npm/left-pad@1.3.0',
};

describe('the contracts', () => {
  it('are the capabilities that the specification names, in their first version', () => {
    const names = [CanScan, CanEvaluatePolicy, CanConnect].map(({ id, version }) => `${id} v${version}`);

    expect(names).toEqual(['CanScan v1', 'CanEvaluatePolicy v1', 'CanConnect v1']);
  });

  it('take a CycloneDX component', () => {
    expect(Compile(Component).Check(component)).toBe(true);
  });

  it.each([
    ['lacks a purl', { ...component, purl: undefined }],
    ['has an empty version', { ...component, version: '' }],
    ['would clear the terminal', { ...component, name: 'left-pad\u001B[2J' }],
  ])('refuse a component that %s', (_, broken) => {
    expect(Compile(Component).Check(broken)).toBe(false);
  });

  it.each(['two\nlines', 'a\u0007bell', 'a\u009Bcontrol sequence'])(
    'refuse %j as one line of text',
    (text) => {
      expect(Compile(Line).Check(text)).toBe(false);
    },
  );

  it.each([
    { kind: 'read', bytes: -1 },
    { kind: 'refused', reason: 'boring', problem: 'is dull' },
    { kind: 'done' },
  ])('refuse %j as what a scanner says', (event) => {
    expect(Compile(ScanEvent).Check(event)).toBe(false);
  });
});
