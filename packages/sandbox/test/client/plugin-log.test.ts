import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LineSplitter } from '../../src/client/line-splitter.ts';
import { PluginLog } from '../../src/client/plugin-log.ts';
import { keepLog } from './keep-log.ts';

afterEach(() => {
  jest.useRealTimers();
});

describe('the log of a sandboxed plugin', () => {
  it('keeps fields of the plugin apart from those of the host', () => {
    const { logger, written } = keepLog();
    new PluginLog(logger, 200).record({
      level: 3,
      message: 'careful',
      fieldsJson: '{"pluginId":"somebody.else"}',
    });
    expect(written).toEqual([
      { level: 'warn', fields: { plugin: { pluginId: 'somebody.else' } }, message: 'careful' },
    ]);
  });

  it('takes a level that it does not know as info, and fields that are no JSON as none', () => {
    const { logger, written } = keepLog();
    new PluginLog(logger, 200).record({ level: 99 as never, message: 'odd', fieldsJson: '{' }); // as another runner could send it
    expect(written).toEqual([{ level: 'info', fields: {}, message: 'odd' }]);
  });

  it('is bounded in rate and length, and says how many lines it dropped', () => {
    jest.useFakeTimers();
    const { logger, written } = keepLog();
    const log = new PluginLog(logger, 50);
    for (let line = 0; line < 1000; line++) log.output('stdout', 'x'.repeat(100_000));
    expect(written).toHaveLength(50);
    expect(Math.max(...written.map(({ message }) => message.length))).toBeLessThanOrEqual(8193);

    jest.advanceTimersByTime(1000);
    log.output('stdout', 'the next second');
    expect(written.slice(50)).toMatchObject([
      { level: 'warn', fields: { dropped: 950 } },
      { message: 'the next second' },
    ]);
  });

  it('tells at its end what it dropped last', () => {
    const { logger, written } = keepLog();
    const log = new PluginLog(logger, 1);
    for (const line of ['one', 'two', 'three']) log.output('stdout', line);
    log.close();
    log.close();
    expect(written.slice(1)).toMatchObject([{ level: 'warn', fields: { dropped: 2 } }]);
  });

  it('remembers the last twenty lines, those that were dropped included, oldest first', () => {
    const log = new PluginLog(keepLog().logger, 1);
    for (let line = 1; line <= 29; line++) log.output('stdout', `line ${line}`);
    log.record({ level: 2, message: 'and a logged one', fieldsJson: '' });
    expect(log.recentLines).toEqual([
      ...Array.from({ length: 19 }, (_, index) => `line ${index + 11}`),
      'and a logged one',
    ]);
  });

  it('notices that V8 gave up, which it says on the standard error alone', () => {
    const log = new PluginLog(keepLog().logger, 1);
    log.output('stdout', 'JavaScript heap out of memory');
    expect(log.isHeapExhausted).toBe(false);
    log.output('stderr', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory');
    for (let line = 0; line < 40; line++) log.output('stderr', `${line}: 0x1234 [node]`);
    expect(log.isHeapExhausted).toBe(true);
  });
});

describe('the lines of an output', () => {
  it('are whole, wherever the chunks were cut, and the last needs no end', () => {
    expect(split(['one\ntw', 'o\nthr', 'ee'])).toEqual(['one', 'two', 'three']);
  });

  it('are whole where a chunk ends inside a character', () => {
    const bytes = Buffer.from('grüße\n');
    expect(split([bytes.subarray(0, 3), bytes.subarray(3)])).toEqual(['grüße']);
  });

  it('are cut where they do not end, so that no output fills the memory', () => {
    const lines = split(Array.from({ length: 100 }, () => 'y'.repeat(10_000)));
    expect(Math.max(...lines.map(({ length }) => length))).toBe(8192);
  });
});

function split(chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}
