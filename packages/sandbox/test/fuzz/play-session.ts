import * as fc from 'fast-check';
import type { HostFrame, Item } from '../../src/wire/connection.ts';
import { call, cancel, hello, HostileRunner } from '../hostile-wire/hostile-runner.ts';
import { batch, type RawStream } from '../hostile-wire/raw-stream.ts';
import { anyStep, connected, play, type Step } from './play-frames.ts';
import { within } from './subjects/within.ts';

type HostCall = Extract<HostFrame, { $case: 'call' }>['value'];

/** What a runner does wrong in a session in which it otherwise does all it should: before the n-th thing that it says. */
export interface SessionScript {
  readonly slips: readonly { readonly before: number; readonly step: Step }[];
}

export const sessionScripts: fc.Arbitrary<SessionScript> = fc.record({
  slips: fc.array(fc.record({ before: fc.nat(20), step: anyStep }), { maxLength: 4 }),
});

/** How many calls of its host a runner sees: those that the host subject makes, but for the one that may be given up before. */
const callsOfHost = 5;
const value = (json: string): Item => ({ $case: 'value', value: { json, attachments: [] } });
const end: Item = { $case: 'end', value: {} };

/** Shakes hands, answers every call of the host, makes calls of every shape, and leaves. A slip may leave it without an answer. */
export async function playSession(
  path: string,
  { slips }: SessionScript,
): Promise<'to its end' | 'cut off' | 'late'> {
  using runner = HostileRunner.dial(path);
  await connected(runner);
  const played = new Session(runner, slips).run().then(
    () => 'to its end' as const,
    () => 'cut off' as const,
  );
  return await within(played, slips.length > 0 ? 200 : 30_000);
}

class Session {
  readonly #runner: HostileRunner;
  readonly #slips: SessionScript['slips'];
  readonly #streams: RawStream[];
  #said = 0;

  constructor(runner: HostileRunner, slips: SessionScript['slips']) {
    this.#runner = runner;
    this.#slips = slips;
    this.#streams = [runner.attach];
  }

  async run(): Promise<void> {
    const { attach } = this.#runner;
    await this.#say(() => attach.say({ $case: 'hello', value: hello }));
    await attach.heard('hello');
    await this.#say(() => attach.say(call(1), call(2, { method: 'hang', timeoutMs: 1 })));
    for (let heard = 0; heard < callsOfHost; heard++) await this.#answer((await attach.heard('call')).value);
    await this.#count();
    await this.#sum();
    await this.#say(() => attach.say(call(5, { method: 'hang' })));
    await this.#say(() => attach.say(cancel(5, 'enough')));
    await this.#say(() =>
      attach.say({ $case: 'log', value: { level: 2, message: 'done', fieldsJson: '{"a":1}' } }),
    );
  }

  async #say(speak: () => void): Promise<void> {
    const number = this.#said++;
    for (const { before, step } of this.#slips)
      if (before === number) await play(this.#runner, this.#streams, step);
    speak();
  }

  async #answer(asked: HostCall): Promise<void> {
    const { attach } = this.#runner;
    if (!asked.streamsRequest && !asked.streamsResponse) {
      const response = { json: '"answer"', attachments: [] };
      const result = { $case: 'response', value: response } as const;
      return this.#say(() => attach.say({ $case: 'answer', value: { id: asked.id, result } }));
    }
    const stream = this.#runner.transfer(true, asked.id);
    this.#streams.push(stream);
    if (asked.streamsRequest) await stream.items();
    for (const item of [value('1'), value('2'), end]) await this.#say(() => stream.send(batch(item)));
    return this.#say(() => void stream.http.end());
  }

  async #count(): Promise<void> {
    const stream = this.#runner.transfer(false, 3);
    this.#streams.push(stream);
    const request = { json: '{"to":3}', attachments: [] };
    await this.#say(() =>
      this.#runner.attach.say(call(3, { method: 'count', streamsResponse: true, request })),
    );
    await stream.items();
    await this.#say(() => void stream.http.end());
  }

  async #sum(): Promise<void> {
    const stream = this.#runner.transfer(false, 4);
    this.#streams.push(stream);
    await this.#say(() => this.#runner.attach.say(call(4, { method: 'sum', streamsRequest: true })));
    for (const item of [value('1'), value('2'), end]) await this.#say(() => stream.send(batch(item)));
    await stream.items();
  }
}
