import { describe, expect, it } from '@jest/globals';
import { isolationAspects, isolationShortfall } from '@stellaops/plugin-abstractions/hosting';
import type { AspectEvidence } from '../../../src/isolation/report/aspect-evidence.ts';
import { combineEvidence } from '../../../src/isolation/report/combine-evidence.ts';

const sources = ['runner', 'kernel', 'trial'] as const;

/** Every source saw every aspect hold, and the kernel by what. */
const everything = isolationAspects.flatMap((aspect) =>
  sources.map((source): AspectEvidence => ({
    aspect,
    source,
    tried: 'a look',
    saw: 'it holds',
    held: true,
    by: source === 'kernel' ? `means of ${aspect}` : undefined,
  })),
);

describe('the evidence on isolation', () => {
  it('adds up to an enforced aspect when everyone who must look saw it hold', () => {
    const { mechanism, aspects } = combineEvidence('a mechanism', everything);
    expect(mechanism).toBe('a mechanism');
    for (const aspect of isolationAspects)
      expect(aspects[aspect]).toEqual({
        state: 'enforced',
        by: [`means of ${aspect}`],
        evidence: sources.map((source) => ({ source, tried: 'a look', saw: 'it holds', held: true })),
      });
  });

  it.each(isolationAspects)('takes one piece against %s for what it is, whoever saw it', (aspect) => {
    for (const source of sources) {
      const against = { aspect, source, tried: 'another look', saw: 'a hole', held: false };
      const report = combineEvidence('a mechanism', [...everything, against]);
      expect(report.aspects[aspect].state).toBe('degraded');
      expect(isolationShortfall(report, isolationAspects)).toBe(`${aspect} (another look: a hole)`);
    }
  });

  it.each([
    ['network', 'runner'],
    ['network', 'kernel'],
    ['systemCalls', 'trial'],
    ['memory', 'trial'],
    ['processCount', 'kernel'],
  ] as const)('counts it against %s when the %s did not look', (aspect, source) => {
    const report = combineEvidence(
      'a mechanism',
      everything.filter((one) => one.aspect !== aspect || one.source !== source),
    );
    expect(isolationShortfall(report, isolationAspects)).toBe(
      `${aspect} (anything at all: the ${source} told nothing)`,
    );
  });

  it('leaves an aspect absent that nothing is known to enforce, whatever was seen', () => {
    const report = combineEvidence(
      'a mechanism',
      everything.map((evidence) => Object.assign({}, evidence, { by: undefined })),
    );
    for (const aspect of isolationAspects) expect(report.aspects[aspect].state).toBe('absent');
    expect(combineEvidence('a mechanism', []).aspects.cpu.state).toBe('absent');
  });
});
