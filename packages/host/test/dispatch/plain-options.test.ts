import { describe, expect, it } from '@jest/globals';
import type { CallOptions } from '@stellaops/plugin-abstractions';
import { plainOptions } from '../../src/dispatch/plain-options.ts';

const { signal } = new AbortController();
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the options of a call, as an author gets them', () => {
  it('make no signal before he looks at them, and one then', () => {
    const { options, made } = watched();
    expect(made()).toBe(0);
    expect(options.signal).toBe(signal);
    expect(options.signal).toBe(signal);
    expect(made()).toBe(1);
  });

  it.each<[string, (options: CallOptions) => unknown]>([
    ['spread', (options) => ({ ...options })],
    ['destructured', ({ ...rest }) => rest],
    ['assigned', (options) => Object.assign({}, options)],
    ['made of its entries', (options) => Object.fromEntries(Object.entries(options))],
    [
      'made of its descriptors',
      (options) => Object.defineProperties({}, Object.getOwnPropertyDescriptors(options)),
    ],
  ])('are copied whole when they are %s', (_, copy) => {
    expect(copy(watched().options)).toEqual({ signal, timeoutMs: 100, traceparent });
  });

  it('may be changed, whether he looked at them before or not', () => {
    const { options } = watched();
    const changeable: { -readonly [Key in keyof CallOptions]: CallOptions[Key] } = options;
    changeable.timeoutMs = 5;
    delete changeable.traceparent;
    Object.defineProperty(options, 'signal', { value: undefined, enumerable: true });
    expect(Object.entries(options)).toEqual([
      ['signal', undefined],
      ['timeoutMs', 5],
    ]);
    expect('traceparent' in options).toBe(false);
  });

  it('leave the call of the host as it is, whatever he makes of them', () => {
    const { options, call } = watched();
    Object.setPrototypeOf(options, null);
    expect(Object.getPrototypeOf(options)).toBeNull();
    expect(Object.getPrototypeOf(call)).toBe(Object.prototype);
    expect(() => Object.freeze(options)).toThrow(TypeError);
    expect(Object.isExtensible(call)).toBe(true);
  });

  it('have nothing in them where nothing was said', () => {
    expect({ ...plainOptions() }).toEqual({});
  });
});

/** Options of a call, and how often its signal was made. */
function watched() {
  let count = 0;
  const call = {
    get signal() {
      count += 1;
      return signal;
    },
    timeoutMs: 100,
    traceparent,
  };
  return { call, options: plainOptions(call), made: () => count };
}
