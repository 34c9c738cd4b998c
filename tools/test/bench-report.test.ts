import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { comparisonChart, comparisonTable } from '../bench/comparison-report.ts';
import { logScale } from '../bench/report/chart-scale.ts';
import { chartSvg } from '../bench/report/chart-svg.ts';
import { replaceMarked, requirePlaces, writeDocument } from '../bench/report/document.ts';
import { formatFigure } from '../bench/report/format.ts';
import { gatesTable } from '../bench/report/gates-table.ts';
import { goals, judge } from '../bench/report/goals.ts';
import { median, medianRatio, quantile } from '../bench/report/statistics.ts';
import { markdownTable, terminalTable } from '../bench/report/table.ts';
import { sections } from '../bench/sections/sections.ts';

describe('the arithmetic of the bench', () => {
  it('takes the middle of what was measured, whatever its order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([10, 0], 0.9)).toBe(9);
    expect(() => median([])).toThrow('there are no values');
  });

  it('compares within each repetition, so that a slow moment of the machine cancels out', () => {
    expect(medianRatio([2, 20, 200], [1, 10, 100])).toBe(2);
    expect(() => medianRatio([1, 2], [1])).toThrow('both were not repeated as often');
  });

  it('writes figures with three digits that say something', () => {
    expect([0.5, 12.34, 123.4, 9999, 12_345, 1_000_000].map(formatFigure)).toEqual([
      '0.50',
      '12.3',
      '123',
      '9999',
      '12.3 k',
      '1.00 M',
    ]);
  });
});

describe('the gates of the bench', () => {
  it('are passed at their limit, from whichever side is better', () => {
    const verdicts = (callToRaw: number, rateToGrpc: number) =>
      judge({ callToRaw, rateToGrpc }).map(({ pass, isGoalMet }) => [pass, isGoalMet]);
    expect(verdicts(2.5, 20)).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(verdicts(2.51, 19.9)).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(verdicts(2, 30)).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it('are not passed by a built-in plugin that is wrapped', () => {
    expect(judge({ builtIn: 'another object' })).toMatchObject([{ pass: false, gate: 'the object itself' }]);
    expect(judge({ builtIn: 'the object itself' })).toMatchObject([{ pass: true, isGoalMet: true }]);
  });

  it('say nothing of what was not measured', () => {
    expect(judge({ warmStart: undefined })).toEqual([]);
  });

  it('stand in a table with their verdict', () => {
    const { rows } = gatesTable(judge({ coldStart: 4, warmStart: 0.15, trustedBounded: 300 }));
    expect(rows.map(([, ...cells]) => cells)).toEqual([
      ['4.00 x', '<= 3.50 x', '<= 3.00 x', 'missed'],
      ['0.15 x', '<= 0.20 x', '<= 0.10 x', 'passed'],
      ['300 ns', '<= 600 ns', '<= 350 ns', 'goal met'],
    ]);
  });

  it('ask at least for what is aimed at', () => {
    for (const { name, gate, goal, better } of Object.values(goals)) {
      const [weaker, stronger] = better === 'less' ? [gate, goal] : [goal, gate];
      expect({ name, holds: weaker >= stronger }).toEqual({ name, holds: true });
    }
  });
});

const table = {
  title: 'Things',
  columns: ['what', 'figure'],
  rows: [
    ['one', '1'],
    ['eleven', '11.0'],
  ],
};

describe('a table of the bench', () => {
  it('is aligned: names to the left, figures to the right', () => {
    expect(terminalTable(table, (cell) => cell)).toBe(
      ['Things', '  what     figure', '  one           1', '  eleven     11.0', ''].join('\n'),
    );
  });

  it('keeps its columns when cells are coloured', () => {
    const painted = terminalTable(table, (cell) => `\u001B[31m${cell}\u001B[39m`);
    expect(stripVTControlCharacters(painted)).toBe(terminalTable(table, (cell) => cell));
  });

  it('stands in Markdown as the formatter writes it', () => {
    expect(markdownTable({ ...table, notes: ['A note.'] })).toBe(
      [
        '**Things**',
        '',
        '| what   | figure |',
        '| ------ | -----: |',
        '| one    |      1 |',
        '| eleven |   11.0 |',
        '',
        'A note.',
        '',
      ].join('\n'),
    );
  });
});

const view = {
  comparison: {
    small: { sandbox: [{ micros: 40 }, { micros: 60 }], raw: [{ micros: 20 }, { micros: 20 }] },
    large: { sandbox: [{ micros: 500 }, { micros: 500 }] },
  },
  title: 'Latency',
  what: 'size',
  unit: 'us',
  read: ({ micros }: { micros: number }) => micros,
  notes: [],
};

describe('a comparison', () => {
  it('has the median of each, and how many times as large that of the sandbox is', () => {
    expect(comparisonTable(view)).toMatchObject({
      columns: ['size', 'sandboxed plugin', 'raw Unix socket'],
      rows: [
        ['small', '50.0', '20.0 (2.50 x)'],
        ['large', '500', '-'],
      ],
    });
  });

  it('is drawn as a line for each, broken where there is no figure', () => {
    expect(comparisonChart(view)).toMatchObject({
      labels: ['small', 'large'],
      series: [
        { name: 'sandboxed plugin', values: [50, 500] },
        { name: 'raw Unix socket', values: [20, undefined] },
      ],
    });
    const svg = chartSvg(comparisonChart(view));
    expect(svg.match(/<polyline/g)).toHaveLength(1);
    expect(svg.match(/<circle/g)).toHaveLength(3 + 2);
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('has its lines begin anew where another kind begins', () => {
    const chart = { title: 'T', unit: 'us', horizontal: 'size', labels: ['a', 'b', 'c', 'd'] };
    const series = [{ name: 'one', values: [1, 2, 3, 4] }];
    const pieces = (breaks: readonly string[]) =>
      chartSvg({ ...chart, breaks, series })
        .match(/points="[^"]+"/g)
        ?.map((line) => line.split(' ').length);
    expect(pieces([])).toEqual([4]);
    expect(pieces(['c'])).toEqual([2, 2]);
  });

  it('draws ten times as much the same way up, wherever it is', () => {
    const scale = logScale([3, 200]);
    expect(scale.ticks).toEqual([1, 10, 100, 1000]);
    const heights = scale.ticks.map((tick) => scale.position(tick));
    expect(heights.map((height) => Math.round(height * 3))).toEqual([0, 1, 2, 3]);
  });

  it('has a plot in which no name breaks the markup', () => {
    const series = [{ name: '<b> & "c"', values: [1] }];
    const svg = chartSvg({ title: 'T', unit: 'us', horizontal: 'size', labels: ['one'], breaks: [], series });
    expect(svg).toContain('&lt;b> &amp; &quot;c&quot;');
  });
});

describe('the page with figures', () => {
  const occasion = {
    at: new Date('2026-01-02T03:04:05Z'),
    machine: { processor: 'Abacus', processors: 2, memoryGiB: 4, kernel: '6.12.0', node: 'v26.0.0' },
    noise: { samples: 9, bestMs: 10, medianMs: 11, p90Ms: 19, spread: 0.9, load: [1, 2], isQuiet: false },
  } as const;

  it('has the tables and plots of a section written between its markers, and the rest left alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stella-bench-page-'));
    try {
      const page = join(folder, 'page.md');
      await writeFile(
        page,
        'Before.\n\n<!-- bench:latency -->\n\nold\n\n<!-- /bench:latency -->\n\nAfter.\n',
      );
      const result = {
        tables: [table],
        chart: comparisonChart(view),
        values: { callToRaw: 2.25 },
        figures: {},
      };
      await writeDocument(page, { latency: result }, occasion);
      const written = await readFile(page, 'utf8');
      expect(written).toMatch(/^Before\.\n\n<!-- bench:latency -->\n\n!\[Latency\]\(page-latency\.svg\)\n/);
      expect(written).toMatch(/\n\n<!-- \/bench:latency -->\n\nAfter\.\n$/);
      expect(written).toContain('| eleven |   11.0 |');
      expect(written).toContain('2.25 x | <= 2.50 x | <= 2.00 x |  passed |');
      expect(written).toContain('2026-01-02, 2 processors (Abacus), 4 GiB, Linux 6.12.0, Node v26.0.0.');
      expect(written).toContain('these figures are not to be believed');
      expect(written).not.toContain('old');
      expect(await readFile(join(folder, 'page-latency.svg'), 'utf8')).toMatch(/^<svg /);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('has a place for every section', async () => {
    const page = join(import.meta.dirname, '../../docs/performance.md');
    await expect(requirePlaces(page, Object.keys(sections))).resolves.toBeUndefined();
    await expect(requirePlaces(page, ['elsewhere'])).rejects.toThrow('has no place for elsewhere');
  });

  it('is not touched when it has no place for a section', () => {
    expect(() => replaceMarked('text', 'latency', 'new')).toThrow(
      'The document has no place for latency: <!-- bench:latency --> <!-- /bench:latency -->',
    );
  });
});
