import { describe, expect, it } from '@jest/globals';
import { formatPlugins } from '../src/report/plugins.ts';
import { ProgressLine } from '../src/report/progress.ts';
import { formatTable } from '../src/report/table.ts';
import { formatVerdict } from '../src/report/verdict.ts';

const warning = { rule: 'duplicate', severity: 'warn', subject: 'ms', reason: '2 versions' } as const;
const failure = { rule: 'denied', severity: 'fail', subject: 'ms 2.1.3', reason: 'it is bad' } as const;

describe('a table', () => {
  it('aligns its columns and ends its lines where the text ends', () => {
    const rows = [
      ['a', 'bb', 'c'],
      ['aaa', 'b', 'ccc'],
    ].map((row) => row.map((text) => ({ text })));

    expect(formatTable(rows)).toBe('  a    bb  c\n  aaa  b   ccc\n');
  });

  it('is cut where the terminal ends', () => {
    expect(formatTable([[{ text: 'aaa' }, { text: 'a long sentence' }]], 14)).toBe('  aaa  a long…\n');
  });
});

describe('the plugins', () => {
  it('are shown with the tier and the reason for it', () => {
    const text = formatPlugins([
      {
        id: 'acme.scanner',
        version: '1.0.0',
        trustLevel: 'untrusted',
        trustReason: 'not signed',
        state: 'active',
        since: new Date(0),
        source: '/plugins/scanner',
        loadDurationMs: 104.6,
      },
    ]);

    expect(text).toMatch(/acme\.scanner +1\.0\.0 +untrusted +not signed +active +105 ms\n/);
  });

  it('that were refused before they had a name are shown by their source, without its control characters', () => {
    expect(
      formatPlugins([{ source: '/plugins/\u001B[2Jbroken', state: 'failed', since: new Date(0) }]),
    ).toMatch(/\/plugins\/broken .* failed/);
  });
});

describe('the verdict', () => {
  it.each([
    [{ outcome: 'pass', violations: [] } as const, 'PASS\n'],
    [{ outcome: 'warn', violations: [warning] } as const, 'PASS with 1 warning\n'],
    [
      { outcome: 'fail', violations: [failure, failure, warning] } as const,
      'FAIL with 2 violations and 1 warning\n',
    ],
  ])('%j begins with %j', (verdict, heading) => {
    expect(
      formatVerdict({ ...verdict, violations: [...verdict.violations] }, undefined).startsWith(heading),
    ).toBe(true);
  });

  it('shows ten violations and counts the rest', () => {
    const text = formatVerdict(
      { outcome: 'warn', violations: Array.from({ length: 25 }, () => warning) },
      undefined,
    );

    expect(text.match(/2 versions/g)).toHaveLength(10);
    expect(text).toContain('and 15 more, which are in the evidence');
  });
});

describe('progress', () => {
  const shown = (isTTY: boolean): string => {
    const written: string[] = [];
    const line = new ProgressLine({ isTTY, write: (text) => written.push(text) });
    for (let done = 0; done <= 100; done += 1) line.show(`${done} of 100`, done / 100);
    line.clear();
    return written.join('');
  };

  it('is one line that is redrawn and taken away on a terminal', () => {
    expect(shown(true)).not.toContain('\n');
    expect(shown(true).endsWith('\r\u001B[K')).toBe(true);
  });

  it('is a line at every quarter elsewhere', () => {
    expect(shown(false).split('\n')).toEqual([
      '   25 %  25 of 100',
      '   50 %  50 of 100',
      '   75 %  75 of 100',
      '  100 %  100 of 100',
      '',
    ]);
  });
});
