import { runInThisContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import type { Method } from '../../src/dispatch/call-link.ts';
import { seesOptions } from '../../src/dispatch/sees-options.ts';

/** Functions by their text, as authors and minifiers write them. */
const made = (text: string): Method => runInThisContext(`(${text})`) as Method;

const blind = [
  '() => 1',
  'a => a',
  '(a) => a',
  '( a )=>{return a}',
  'async a => a',
  'async (a) => a',
  'async(a)=>a',
  'function (a) { return a; }',
  'function name(a) { return a; }',
  'async function name(a) { return a; }',
];
const seeing = [
  '(a, b) => b',
  '(a, ...rest) => rest[0]',
  '(...all) => all[1]',
  '(a, b = 1) => b',
  '(a, { signal } = {}) => signal',
  '({ a } = {}, b) => b',
  `(a${' '.repeat(500)}, b) => b`,
  '(a = 1, b) => b',
  '(a, /* options */ b) => b',
  'function (a, b) { return b; }',
  'function (a) { return arguments[1]; }',
  'function (a) { return (() => arguments[1])(); }',
  'function (a) { return \\u0061rguments[1]; }',
  `function (a) { return eval('argu' + 'ments')[1]; }`,
  '((a, b) => b).bind(undefined)',
  'new Proxy((a, b) => b, {})',
];

describe('whether a method sees the options of a call', () => {
  it.each(blind)('%s does not', (text) => {
    expect(seesOptions(made(text))).toBe(false);
  });

  it.each(seeing)('%s does', (text) => {
    const options = { signal: new AbortController().signal };
    expect([options, options.signal]).toContain(made(text)(undefined, options));
    expect(seesOptions(made(text))).toBe(true);
  });

  it.each([
    ['scan(a) { return a; }', false],
    ['async scan(a) { return a; }', false],
    ['scan(a, b) { return b; }', true],
    ['scan(a) { return arguments[1]; }', true],
    ['*scan(a) { yield a; }', true], // not plain enough
    ['["scan"](a) { return a; }', true],
  ])('a member { %s }: %s', (text, sees) => {
    expect(seesOptions(made(`class { static ${text} }.scan`))).toBe(sees);
  });
});
