import { formatFigure } from './format.ts';
import type { Chart, ChartSeries } from './chart.ts';
import { logScale, type LogScale } from './chart-scale.ts';

const [width, height] = [860, 400];
/** The field of the lines; the names of the series stand to its right. */
const field = { left: 76, top: 48, right: 660, bottom: 336 } as const;

/** A colour for each series, on light and on dark ground; after Okabe and Ito's, told apart by nearly everyone (https://jfly.uni-koeln.de/color/). */
const colours = [
  ['#d55e00', '#ff8c42'],
  ['#57606a', '#9198a1'],
  ['#009e73', '#2bd9a8'],
  ['#0072b2', '#58b0ff'],
  ['#cc79a7', '#f0a0cc'],
  ['#b58900', '#f0c541'],
] as const;

const style = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .ground { fill: #ffffff; }
    .grid { stroke: #d1d9e0; }
${colours.map(([light], index) => `    .s${index} { stroke: ${light}; fill: ${light}; }`).join('\n')}
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .ground { fill: #0d1117; }
      .grid { stroke: #30363d; }
${colours.map(([, dark], index) => `      .s${index} { stroke: ${dark}; fill: ${dark}; }`).join('\n')}
    }
    .line { fill: none; stroke-width: 2; }
    .first { stroke-width: 4; }
  `;

/** Draws a chart, readable on light and on dark ground. The first series is drawn thickest. */
export function chartSvg(chart: Chart): string {
  const scale = logScale(chart.series.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(chart.title)}">`,
    `  <style>${style}</style>`,
    `  <rect width="${width}" height="${height}" class="ground"/>`,
    `  <text class="title" x="${field.left}" y="26">${escape(chart.title)}, ${escape(chart.unit)}</text>`,
    ...scale.ticks.map((tick) => gridLine(tick, scale)),
    ...chart.labels.map((label, index) => text(across(index, chart), field.bottom + 24, 'middle', label)),
    text((field.left + field.right) / 2, height - 14, 'middle', chart.horizontal),
    ...chart.series.flatMap((series, index) => [
      ...lines(series, chart, scale).map(
        (points) => `  <polyline class="s${index} line${index === 0 ? ' first' : ''}" points="${points}"/>`,
      ),
      ...dots(series, chart, scale).map((dot) => `  <circle ${dot} r="4" class="s${index}"/>`),
      `  <circle cx="${field.right + 28}" cy="${field.top + 8 + index * 26}" r="5" class="s${index}"/>`,
      text(field.right + 42, field.top + 12 + index * 26, 'start', series.name),
    ]),
    '</svg>',
    '',
  ].join('\n');
}

function gridLine(tick: number, scale: LogScale): string {
  const y = round(upwards(tick, scale));
  return `  <line class="grid" x1="${field.left}" x2="${field.right}" y1="${y}" y2="${y}"/>\n${text(field.left - 10, y + 4, 'end', formatFigure(tick).replace(/\.0+\b/, ''))}`;
}

/** Pieces of a line: it is broken where there is no figure, or where another kind begins. */
function lines({ values }: ChartSeries, chart: Chart, scale: LogScale): readonly string[] {
  const pieces: string[][] = [[]];
  for (const [index, value] of values.entries()) {
    if (chart.breaks.includes(chart.labels[index] ?? '')) pieces.push([]);
    if (value === undefined) pieces.push([]);
    else pieces.at(-1)?.push(`${round(across(index, chart))},${round(upwards(value, scale))}`);
  }
  return pieces.filter(({ length }) => length > 1).map((points) => points.join(' '));
}

function dots({ values }: ChartSeries, chart: Chart, scale: LogScale): readonly string[] {
  return values.flatMap((value, index) =>
    value === undefined ? [] : `cx="${round(across(index, chart))}" cy="${round(upwards(value, scale))}"`,
  );
}

function across(index: number, { labels }: Chart): number {
  return field.left + ((index + 0.5) / labels.length) * (field.right - field.left);
}

function upwards(value: number, scale: LogScale): number {
  return field.bottom - scale.position(value) * (field.bottom - field.top);
}

function text(x: number, y: number, anchor: 'start' | 'middle' | 'end', content: string): string {
  return `  <text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
