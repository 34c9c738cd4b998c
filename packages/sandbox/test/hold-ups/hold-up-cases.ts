import type { HostFrame, Item, RunnerFrame } from '../../src/wire/connection.ts';
import { call, HostileRunner } from '../hostile-wire/hostile-runner.ts';
import { opening, RawConnection } from '../hostile-wire/raw-http2.ts';
import { batch, message } from '../hostile-wire/raw-stream.ts';
import type { HoldUp } from './hold-up.ts';
import { http2HoldUps } from './http2-hold-ups.ts';
import { jsonShapes } from './json-shapes.ts';

type Payload = Extract<Item, { $case: 'value' }>['value'];
type HostCall = Extract<HostFrame, { $case: 'call' }>['value'];

const mebibyte = 1024 * 1024;
const requestsAtOnce = 32;
/** As many as the measured host makes. */
const callsOfHost = 64;
const plain = (json: string): Payload => ({ json, attachments: [] });
const end: Item = { $case: 'end', value: {} };

/** Done by a runner that has said hello. */
const greeted =
  (work: (runner: HostileRunner) => Promise<void>): HoldUp =>
  async (path) => {
    using runner = await HostileRunner.greet(path);
    await work(runner);
  };

/** Requests to services of the host, all sent at once. */
const requests = (request: Payload, methods: readonly string[]): HoldUp =>
  greeted(async ({ attach }) => {
    for (let id = 1; id <= requestsAtOnce; id++)
      attach.say(call(id, { capability: 'Desk', method: methods[id % methods.length] ?? 'keep', request }));
    for (let id = 1; id <= requestsAtOnce; id++) await attach.heard('answer');
  });

/** Answers to calls of the host, and items of its streams, all sent at once. */
const answers = (response: Payload, wanted: (asked: HostCall) => boolean): HoldUp =>
  greeted(async (runner) => {
    const asked: HostCall[] = [];
    while (asked.length < callsOfHost) asked.push((await runner.attach.heard('call')).value);
    const chosen = asked.filter(wanted);
    await Promise.all(
      chosen.filter(({ streamsResponse }) => streamsResponse).map((each) => stream(runner, each, response)),
    );
    for (const { id } of chosen.filter(({ streamsResponse }) => !streamsResponse))
      runner.attach.say({ $case: 'answer', value: { id, result: { $case: 'response', value: response } } });
    await proven(runner);
  });

async function stream(runner: HostileRunner, { id }: HostCall, value: Payload): Promise<void> {
  const transfer = runner.transfer(true, id);
  for (let item = 0; item < 8; item++) transfer.send(batch({ $case: 'value', value }));
  transfer.send(batch(end));
  transfer.http.end();
  await transfer.ended;
}

/** The same frame in great number. */
const frames = (count: number, frame: (index: number) => RunnerFrame): HoldUp =>
  greeted(async (runner) => {
    for (let sent = 0; sent < count; sent += 1000)
      runner.attach.send(
        message(
          ...Array.from({ length: Math.min(1000, count - sent) }, (_, index) => frame(sent + index + 1)),
        ),
      );
    await proven(runner);
  });

/** Streams that are opened at once. Resolves when the host has hung up: they are too many. */
const streams =
  (count: number, method: string): HoldUp =>
  async (path) => {
    using connection = await RawConnection.greet(path);
    const opened = Array.from({ length: count }, (_, index) => opening(3 + 2 * index, method));
    await connection.write(Buffer.concat(opened));
    await connection.closed;
  };

/** Waits for the answer to a call, before which the host has worked through all that was said. */
async function proven({ attach }: HostileRunner): Promise<void> {
  const id = 1_000_000_000;
  attach.say(call(id, { capability: 'Desk', method: 'keep' }));
  while ((await attach.heard('answer')).value.id !== id);
}

const smallParts = (count: number, bytes: number): Payload => ({
  json: `[${Array.from({ length: count }, () => 'null').join(',')}]`,
  attachments: Array.from({ length: count }, (_, index) => ({
    pointer: `/${index}`,
    data: Buffer.alloc(bytes),
  })),
});
const longPlace: Payload = {
  json: 'null',
  attachments: [{ pointer: '/0'.repeat(mebibyte / 2 - 100), data: Buffer.alloc(1) }],
};
const nested = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
const failure = (detailsJson: string, stack: string) => ({ code: 'CALL_FAILED', detailsJson, stack });
const failed = (id: number, detailsJson: string, stack = ''): RunnerFrame => ({
  $case: 'answer',
  value: { id, result: { $case: 'failure', value: failure(detailsJson, stack) } },
});
const line = (text: string, fieldsJson = ''): RunnerFrame => ({
  $case: 'log',
  value: { level: 2, message: text, fieldsJson },
});

const shaped = Object.entries(jsonShapes).flatMap(([name, json]): [string, HoldUp][] => [
  [`requests: ${name}`, requests(plain(json), ['keep', 'submit'])],
  [`answers: ${name}`, answers(plain(json), ({ streamsResponse }) => !streamsResponse)],
  [`items: ${name}`, answers(plain(json), ({ streamsResponse }) => streamsResponse)],
]);

const oneAttachment = requests(smallParts(1, 16 * mebibyte - 64), ['keep']);
const smallStrings = answers(
  plain(jsonShapes['small strings'] ?? ''),
  ({ streamsResponse }) => streamsResponse,
);

/** What makes V8 look at the whole heap, and fills it fastest. */
export const worstForLargeHosts: Readonly<Record<string, HoldUp>> = {
  'requests: 16 MiB in one attachment': oneAttachment,
  'items: small strings': smallStrings,
};

/** Everything that is measured, by name. */
export const holdUps: Readonly<Record<string, HoldUp>> = {
  ...Object.fromEntries(shaped),
  'requests: 16 MiB in 32 768 attachments': requests(smallParts(32_768, 480), ['keep']),
  'requests: 16 MiB in one attachment': oneAttachment,
  'requests: an attachment with a long place': requests(longPlace, ['keep']),
  'a hundred thousand calls that nobody declared': frames(100_000, (id) => call(id, { capability: 'X' })),
  'a hundred thousand answers to nothing': frames(100_000, (id) => failed(1_000_000 + id, '{}')),
  'failures with nested details': frames(callsOfHost, (id) => failed(id, nested)),
  'failures with a stack of 16 MiB': frames(4, (id) => failed(id, '{}', 'at x\n'.repeat(3 * mebibyte))),
  'failures with many details': frames(callsOfHost, (id) =>
    failed(id, `{${Array.from({ length: 10_000 }, (_, index) => `"k${index}":1`).join(',')}}`),
  ),
  'a flood of lines with fields': frames(50_000, () =>
    line('x', `{"a":"${String.raw`\u001b`.repeat(1300)}"}`),
  ),
  'a flood of lines of control characters': frames(20_000, () => line('\u001b'.repeat(8 * 1024))),
  'lines with nested fields': frames(20_000, () => line('x', `${'['.repeat(4000)}${']'.repeat(4000)}`)),
  'twenty thousand streams of calls': streams(20_000, 'Transfer'),
  'twenty thousand streams that nobody serves': streams(20_000, 'Other'),
  ...http2HoldUps,
  'lines of a MiB': frames(16, () => line('\u001b'.repeat(mebibyte), 'x'.repeat(mebibyte))),
};
