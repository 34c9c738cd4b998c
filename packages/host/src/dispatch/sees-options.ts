import type { Method } from './call-link.ts';

/** So much of a text is looked at for its parameters, however much white space there is: the expression takes time by the square. */
const headLength = 200;

/** A function with one parameter at most, which is a name: `(a) =>`, `a =>`, `function name(a) {`, `name(a) {`, each of them `async` or not. */
const oneParameter = /^(?:async\s+)?(?:[\w$]+\s*=>|(?:function\s*)?[\w$]*\s*\(\s*[\w$]*\s*\)\s*(?:=>|\{))/;
/** Ways to arguments that have no name, written out or escaped; and what stands for a function that is bound, or not of JavaScript. */
const otherWays = /\b(?:arguments|eval)\b|\\u|\[native code\]/;

/**
 * Whether a function can see the options of a call, its second argument, by its text (ECMA-262, 20.2.3.5). Where that is not plain it is
 * said to.
 */
export function seesOptions(method: Method): boolean {
  const text = Function.prototype.toString.call(method);
  return !oneParameter.test(text.slice(0, headLength)) || otherWays.test(text);
}
