import { describe, expect, it } from '@jest/globals';
import { readObservations } from '../../src/client/read-observations.ts';

const observation = { aspect: 'network', tried: 'connect', saw: 'EPERM', held: true };

describe('what a runner observed', () => {
  it('is read as it was told', () => {
    expect(readObservations([observation])).toEqual([observation]);
    expect(readObservations([])).toEqual([]);
  });

  it('is refused when it is about no aspect of isolation', () => {
    expect(readObservations([observation, { ...observation, aspect: 'toString' }])).toBe(
      'it observed "toString", which is no aspect of isolation',
    );
  });

  it('is refused when it is too much', () => {
    expect(readObservations(Array.from({ length: 64 }, () => observation))).toHaveLength(64);
    expect(readObservations(Array.from({ length: 65 }, () => observation))).toBe(
      'it observed 65 things, and 64 are the most',
    );
  });

  it('is cut where a text is long, also that of a refusal', () => {
    const long = 'x'.repeat(1_000_000);
    const [read] = readObservations([{ ...observation, tried: long, saw: long }]);
    expect(read).toMatchObject({ tried: 'x'.repeat(200), saw: 'x'.repeat(200) });
    expect(readObservations([{ ...observation, aspect: long }])).toBe(
      `it observed "${'x'.repeat(200)}", which is no aspect of isolation`,
    );
  });
});
