import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { formatChecksums, parseChecksums } from '@stellaops/plugin-abstractions/hosting';
import { explainPackage, trustSigners } from '@stellaops/plugin-host';
import { createSigningKey, packPackage } from '@stellaops/plugin-sdk/packaging';
import * as fc from 'fast-check';
import { files, workingFolder } from './command.ts';

// Each round of the last property starts a process.
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
/** What a file may be called: any text but the empty one, NUL, and a lone surrogate, which no UTF-8 has. */
const segment = fc
  .oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), fc.stringMatching(/^[\\ nr\n\r*]{1,8}$/))
  .map((text) => text.replaceAll(/[/\0\uFFFD]/g, '-'))
  .filter((text) => text !== '.' && text !== '..' && Buffer.byteLength(text) <= 200);
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));

describe('SHA256SUMS', () => {
  it('is read back as it was written, and is written in one way only', () => {
    fc.assert(
      fc.property(fc.dictionary(path, hash), (content) => {
        const text = formatChecksums(new Map(Object.entries(content)));
        const read = parseChecksums(text);
        expect(new Map(read)).toEqual(new Map(Object.entries(content)));
        expect(formatChecksums(read)).toBe(text);
        expect(formatChecksums(new Map(Object.entries(content).toReversed()))).toBe(text);
      }),
    );
  });

  it('never lets one content pass for another', () => {
    fc.assert(
      fc.property(fc.dictionary(path, hash), fc.dictionary(path, hash), (one, other) => {
        const [first, second] = [one, other].map((content) =>
          formatChecksums(new Map(Object.entries(content))),
        );
        const isSame =
          new Map(Object.entries(one)).size === new Map(Object.entries(other)).size &&
          Object.entries(one).every(([name, value]) => other[name] === value);
        expect(first === second).toBe(isSame);
      }),
    );
  });

  it('is understood alike by the pack tool, the host and sha256sum, whatever the files are called', async () => {
    const { privateKey, publicKey } = createSigningKey();
    const trust = trustSigners({ me: publicKey });
    const names = fc.uniqueArray(segment, { minLength: 1, maxLength: 6 });
    const property = fc.asyncProperty(names, async (odd) => {
      await using folder = await workingFolder({
        ...files,
        ...Object.fromEntries(odd.map((name) => [`odd/${name}`, name])),
      });
      const { digest } = await packPackage(folder.package, { privateKey });
      const explanation = await explainPackage(folder.package, { trust, hostVersion: '0.1.0' });
      expect(explanation).toMatchObject({ admissible: true, digest, trustLevel: 'trusted' });
      const cwd = folder.package;
      execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], { cwd });
    });
    await fc.assert(property, { numRuns: 25 });
  });
});
