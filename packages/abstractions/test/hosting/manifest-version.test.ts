import { describe, expect, it } from '@jest/globals';
import { parseManifest } from '../../src/hosting.ts';

/** The lists at https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string */
describe('the version in a manifest', () => {
  it.each([
    '0.0.4',
    '1.2.3',
    '10.20.30',
    '1.1.2-prerelease+meta',
    '1.1.2+meta-valid',
    '1.0.0-alpha',
    '1.0.0-alpha.beta.1',
    '1.0.0-alpha0.valid',
    '1.0.0-alpha-a.b-c-something+build.1-aef.1-its-okay',
    '1.2.3----RC-SNAPSHOT.12.9.1--.12+788',
    '1.0.0+0.build.1-rc.10000aaa-kk-0.1',
    '99999999999999999999999.999999999999999999.99999999999999999',
    '1.0.0-0A.is.legal',
  ])('may be %s', (version) => {
    expect(parse(version).version).toBe(version);
  });

  it.each([
    '1',
    '1.2',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3\n',
    '01.1.1',
    '1.2.3-01',
    '1.2.3-',
    '1.2.3+',
    '1.2.3-0123.0123',
    '1.2.3+meta+meta',
    '1.0.0-alpha_beta',
    '1.0.0-alpha..1',
    '1.2.3.DEV',
    '1.2-SNAPSHOT',
    '+invalid',
    '-1.0.3-gamma',
    '1.2.٣',
    '',
  ])('may not be %j', (version) => {
    expect(() => parse(version)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
  });

  it('may not be longer than what a registry column holds', () => {
    expect(parse(`1.2.3-${'a'.repeat(122)}`).version).toHaveLength(128);
    expect(() => parse(`1.2.3-${'a'.repeat(123)}`)).toThrow('128 characters');
  });

  it('that is made to keep the check busy is refused like any other', () => {
    const attack = `1.0.0-${'0'.repeat(60)}${'a.'.repeat(30)}!`;
    expect(() => parse(attack)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
  });
});

function parse(version: string) {
  return parseManifest(
    { manifestVersion: 1, id: 'acme.scanner', name: 'Scanner', version, entry: 'a.js', provides: [] },
    'here',
  );
}
