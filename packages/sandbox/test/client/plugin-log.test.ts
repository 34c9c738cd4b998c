import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { onLines } from '../../src/client/line-splitter.ts';
import { PluginLog } from '../../src/client/plugin-log.ts';
import { keepLog } from './keep-log.ts';

describe('the log of a sandboxed plugin', () => {
  it('keeps fields of the plugin apart from those of the host', () => {
    const { logger, written } = keepLog();
    new PluginLog(logger).record({
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
    new PluginLog(logger).record({ level: 99 as never, message: 'odd', fieldsJson: '{' }); // as another runner could send it
    expect(written).toEqual([{ level: 'info', fields: {}, message: 'odd' }]);
  });

  it('is bounded in rate and length however much a plugin writes', () => {
    const { logger, written } = keepLog();
    const log = new PluginLog(logger);
    for (let line = 0; line < 10_000; line++) log.output('stdout', 'x'.repeat(100_000));
    expect(written.length).toBeLessThanOrEqual(402); // a window of one second, or two where the clock turned meanwhile
    expect(Math.max(...written.map(({ message }) => message.length))).toBeLessThanOrEqual(8193);
  });
});

describe('the lines of an output', () => {
  it('are whole, wherever the chunks were cut, and the last needs no end', async () => {
    const lines = await split(['one\ntw', 'o\nthr', 'ee']);
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('are cut where they do not end, so that no output fills the memory', async () => {
    const lines = await split(Array.from({ length: 100 }, () => 'y'.repeat(10_000)));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(8192);
  });
});

async function split(chunks: readonly string[]): Promise<readonly string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  onLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  return lines;
}
