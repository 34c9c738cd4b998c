import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CanScan } from '@stellaops-samples/release-gate-contracts';
import { startTestHost, testManifest, trustLevels } from '@stellaops/plugin-testing';
import { plugin } from '../src/plugin.ts';
import { fixture } from './scan-text.ts';

const manifest = testManifest(
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../plugin.json'), 'utf8')),
);

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe.each(trustLevels)('the scanner, %s', (trustLevel) => {
  it('answers with the components of a lockfile', async () => {
    await using host = await startTestHost({ plugins: [{ manifest, plugin }], trustLevel });

    const events = await Array.fromAsync(host.resolve(CanScan).scan(once(fixture('pnpm-lock.v9.yaml'))));

    expect(events.map(({ kind }) => kind)).toEqual(['read', 'recognized', 'components']);
    expect(events[2]).toMatchObject({
      components: expect.arrayContaining([
        {
          type: 'library',
          'bom-ref': '@babel/helper-string-parser@7.27.1',
          name: '@babel/helper-string-parser',
          version: '7.27.1',
          purl: 'pkg:npm/%40babel/helper-string-parser@7.27.1',
        },
      ]),
    });
  });

  it('says what it does not take, and stays active', async () => {
    await using host = await startTestHost({ plugins: [{ manifest, plugin }], trustLevel });

    const events = await Array.fromAsync(host.resolve(CanScan).scan(once('hello')));

    expect(events.at(-1)).toMatchObject({ kind: 'refused', reason: 'unknownFormat' });
    expect(host.isActive(manifest.id)).toBe(true);
  });
});
