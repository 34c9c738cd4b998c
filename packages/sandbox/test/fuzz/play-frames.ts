import * as fc from 'fast-check';
import type { Item, RunnerFrame } from '../../src/wire/connection.ts';
import { hello, HostileRunner } from '../hostile-wire/hostile-runner.ts';
import { batch, framed, message, type RawStream } from '../hostile-wire/raw-stream.ts';
import { byteChanges, changed, type ByteChanges } from './byte-changes.ts';
import { items } from './frame-parts.ts';
import { protobufBytes } from './protobuf-bytes.ts';
import { runnerFrames } from './runner-frames.ts';
import { within } from './subjects/within.ts';

/** One thing that a runner does. `on` counts the streams that it has opened; 0 is its Attach. */
export type Step =
  | { readonly do: 'say'; readonly frames: readonly RunnerFrame[]; readonly changes: ByteChanges }
  | {
      readonly do: 'stream';
      readonly on: number;
      readonly items: readonly Item[];
      readonly changes: ByteChanges;
    }
  | { readonly do: 'protobuf' | 'write'; readonly on: number; readonly bytes: Uint8Array }
  | { readonly do: 'open'; readonly method: string; readonly first: readonly Item[] }
  | { readonly do: 'reset'; readonly on: number; readonly code: number }
  | { readonly do: 'end' | 'pause' | 'resume'; readonly on: number }
  | { readonly do: 'wait' };

/** What a runner does from its first byte on. */
export interface FrameScript {
  readonly greets: boolean;
  readonly steps: readonly Step[];
}

const on = fc.nat(5);
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      frames: fc.array(runnerFrames, { minLength: 1, maxLength: 6 }),
      changes: byteChanges,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('stream' as const),
      on,
      items: fc.array(items, { minLength: 1, maxLength: 4 }),
      changes: byteChanges,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      method: fc.oneof({ weight: 8, arbitrary: fc.constant('Transfer') }, fc.constantFrom('Attach', 'Other')),
      first: fc.array(items, { maxLength: 2 }),
    }),
  },
  fc.record({ do: fc.constant('protobuf' as const), on, bytes: protobufBytes }),
  fc.record({ do: fc.constant('write' as const), on, bytes: fc.uint8Array({ maxLength: 64 }) }),
  fc.record({ do: fc.constant('reset' as const), on, code: fc.nat(14) }),
  fc.record({ do: fc.constantFrom('end' as const, 'pause' as const, 'resume' as const), on }),
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'wait' }) },
);

export const frameScripts: fc.Arbitrary<FrameScript> = fc.record({
  greets: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 20 }),
});

/** Does it all to the host at this path, and leaves. */
export async function playFrames(path: string, { greets, steps }: FrameScript): Promise<void> {
  using runner = HostileRunner.dial(path);
  await connected(runner);
  const streams = [runner.attach];
  if (greets) runner.attach.say({ $case: 'hello', value: hello });
  for (const each of steps) {
    if (runner.session.destroyed) return;
    await play(runner, streams, each);
  }
  await arrived(runner);
}

/** Waits until the host has accepted; or has hung up already, which is no error of the session and would never be told by one. */
export async function connected({ session }: HostileRunner): Promise<void> {
  const known = Promise.withResolvers<void>();
  session.once('connect', () => known.resolve());
  session.once('close', () => known.resolve());
  await known.promise;
}

/** Does one thing. */
export async function play(runner: HostileRunner, streams: RawStream[], step: Step): Promise<void> {
  const find = (index: number): RawStream => streams[index % streams.length] ?? runner.attach;
  switch (step.do) {
    case 'say':
      return runner.attach.send(framed(changed(message(...step.frames).subarray(5), step.changes)));
    case 'stream':
      return find(step.on).send(framed(changed(batch(...step.items).subarray(5), step.changes)));
    case 'protobuf':
      return find(step.on).send(framed(step.bytes));
    case 'write':
      return find(step.on).send(step.bytes);
    case 'open': {
      const stream = runner.open(step.method);
      streams.push(stream);
      return step.first.length > 0 ? stream.send(batch(...step.first)) : undefined;
    }
    case 'reset':
      await new Promise(setImmediate); // not inside of an event of a stream: nghttp2 is not done with that one
      return find(step.on).http.close(step.code);
    case 'end':
      return void find(step.on).http.end();
    case 'pause':
      return void find(step.on).http.pause();
    case 'resume':
      return void find(step.on).http.resume();
    case 'wait':
      return arrived(runner);
    default:
      return step satisfies never;
  }
}

/** Waits until the host has all that was sent: it answers a ping in its turn. Or until it hung up, or reads no more. */
async function arrived({ session }: HostileRunner): Promise<void> {
  if (session.destroyed) return;
  const answered = Promise.withResolvers<void>();
  session.once('close', answered.resolve);
  try {
    session.ping(() => answered.resolve());
    await within(answered.promise, 1000);
  } finally {
    session.off('close', answered.resolve);
  }
}
