import { describe, expect, it } from '@jest/globals';
import { follow } from './followed-stream.ts';
import { answer, request, sessionPair, type SessionPair } from './session-pair.ts';

const two = { server: { settings: { initialWindowBytes: 65_535, maxConcurrentStreams: 2 } } };

function ask({ clientEnd }: SessionPair, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const stream = follow(clientEnd.session.request([...request, ['x-place', String(index)]]));
    stream.http.resume();
    stream.http.write([Buffer.from(`body ${index}`)]);
    stream.http.end();
    return stream;
  });
}

describe('streams beyond what the other side takes', () => {
  it('wait, and are opened in their order as others close', async () => {
    await using pair = await sessionPair(two);
    const asked = ask(pair, 7);
    for (const [index, stream] of asked.entries()) {
      const there = await pair.serverEnd.next();
      expect(asked.filter(({ http }) => http.id > 0 && !http.isClosed).length).toBeLessThanOrEqual(2);
      there.http.resume();
      await there.over;
      expect([there.request.at(-1)?.[1], String(there.bytes())]).toEqual([`${index}`, `body ${index}`]);
      there.http.sendHeaders(answer, true);
      await stream.over;
    }
    expect(asked.map(({ told }) => told)).toEqual(asked.map(() => ['ended']));
  });

  it('are opened also when others are reset, by either side', async () => {
    await using pair = await sessionPair(two);
    const asked = ask(pair, 4);
    const [first, second] = [await pair.serverEnd.next(), await pair.serverEnd.next()];
    asked[0]?.http.reset(8);
    second.http.reset(8);
    const [third, fourth] = [await pair.serverEnd.next(), await pair.serverEnd.next()];
    expect([first, second, third, fourth].map((there) => there.request.at(-1)?.[1])).toEqual([
      '0',
      '1',
      '2',
      '3',
    ]);
  });

  it('are never opened when they were given up before', async () => {
    await using pair = await sessionPair(two);
    const asked = ask(pair, 5);
    await pair.serverEnd.next();
    const second = await pair.serverEnd.next();
    asked[2]?.http.reset(8);
    asked[3]?.http.reset(8);
    second.http.reset(8);
    const next = await pair.serverEnd.next();
    expect(next.request.at(-1)?.[1]).toBe('4');
    expect([asked[2]?.told, asked[2]?.http.id]).toEqual([[], 0]);
  });
});
