import { describe, expect, it } from '@jest/globals';
import { parseArguments } from '../src/arguments.ts';
import { BadInput } from '../src/bad-input.ts';

describe('the command line', () => {
  it('without arguments means the lockfile of this repository and the rules of the sample', () => {
    expect(parseArguments([], '/somewhere')).toEqual({
      lockfile: expect.stringMatching(/^\/.*\/pnpm-lock\.yaml$/),
      rules: expect.stringMatching(/\/samples\/release-gate\/rules\.json$/),
      isCrash: false,
    });
  });

  it('means its paths from where the user is', () => {
    const given = ['package-lock.json', '--rules', '../mine.json', '--registry', 'kept', '--crash'];
    expect(parseArguments(given, '/home/app')).toEqual({
      lockfile: '/home/app/package-lock.json',
      rules: '/home/mine.json',
      registry: '/home/app/kept',
      isCrash: true,
    });
  });

  it('may begin with the -- that some put after the name of a script', () => {
    expect(parseArguments(['--', '--crash'], '/')).toMatchObject({ isCrash: true });
  });

  it.each([['--help'], ['-h']])('asks for help with %s', (option) => {
    expect(parseArguments([option], '/')).toBeUndefined();
  });

  it.each([
    ['an unknown option', ['--verbose'], "Unknown option '--verbose'"],
    ['an option without its value', ['--rules'], "'--rules <value>' argument missing"],
    ['two lockfiles', ['a.yaml', 'b.yaml'], 'not also b.yaml'],
  ])('refuses %s', (_, argv, problem) => {
    expect(() => parseArguments(argv, '/')).toThrow(BadInput);
    expect(() => parseArguments(argv, '/')).toThrow(problem);
  });
});
