import { afterAll, describe, expect, it } from '@jest/globals';
import type { FrameScript } from './play-frames.ts';
import { playFrames } from './play-frames.ts';
import { playHttp2, type Http2Script } from './play-http2.ts';
import { frameType, headerBlock, http2Frame } from '../hostile-wire/raw-http2.ts';
import { Subject } from './subject.ts';

const subject = Subject.of('host');
afterAll(() => subject[Symbol.asyncDispose]());

const long = 'x'.repeat(70_000);
const value = { $case: 'value', value: { json: long, attachments: [] } } as const;
const serverPush = http2Frame(frameType.settings, 0, 0, Buffer.from([0, 2, 0, 0, 0, 1]));

/** What the fuzzer found, at its smallest. */
describe('a host lives, and its session ends as it should, with a runner that', () => {
  it.each<[string, string, FrameScript]>([
    [
      'resets a stream that is being refused, for which Node aborted the process',
      'SANDBOX_PROTOCOL_VIOLATION or the runner left',
      {
        greets: true,
        steps: [
          { do: 'open', method: 'Transfer', first: [value] },
          { do: 'reset', on: 1, code: 1 },
          { do: 'wait' },
        ],
      },
    ],
    [
      'resets its Attach, which was told as an error of Node',
      'SANDBOX_PROTOCOL_VIOLATION or the runner left',
      {
        greets: true,
        steps: [
          { do: 'reset', on: 0, code: 9 },
          { do: 'protobuf', on: 0, bytes: new Uint8Array() },
        ],
      },
    ],
  ])('%s', async (_, ending, script) => {
    const trial = await subject.begin();
    await playFrames(trial.path, script);
    const end = await subject.settle(trial);
    expect(end.problems).toEqual([]);
    expect(ending.split(' or ')).toContain(end.ending);
  });

  it.each<[string, string, Http2Script]>([
    [
      'hangs up before it has attached, which was never noticed',
      'the runner left',
      { greets: false, reads: true, bursts: [] },
    ],
    [
      'breaks HTTP/2 while the host writes, which was told as an error of Node',
      'SANDBOX_PROTOCOL_VIOLATION',
      {
        greets: true,
        reads: true,
        bursts: [
          { bytes: http2Frame(frameType.resetStream, 0, 0, Buffer.alloc(4)), times: 1, changes: [] },
          { bytes: http2Frame(frameType.continuation, 0, 0, headerBlock('Transfer')), times: 1, changes: [] },
        ],
      },
    ],
    [
      'offers what only a host may offer',
      'SANDBOX_PROTOCOL_VIOLATION',
      { greets: true, reads: true, bursts: [{ bytes: serverPush, times: 200_000, changes: [] }] },
    ],
  ])('%s', async (_, ending, script) => {
    const trial = await subject.begin();
    await playHttp2(trial.path, script);
    expect(await subject.settle(trial)).toEqual({ ending, problems: [] });
  });
});
