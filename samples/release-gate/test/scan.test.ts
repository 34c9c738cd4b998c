import { describe, expect, it } from '@jest/globals';
import { CanScan, type Component, type ScanEvent } from '@stellaops-samples/release-gate-contracts';
import { implement } from '@stellaops/plugin-sdk';
import { fakePlugin, startTestHost } from '@stellaops/plugin-testing';
import { BadInput } from '../src/bad-input.ts';
import { scanLockfile } from '../src/scan.ts';

const component: Component = {
  type: 'library',
  'bom-ref': 'ms@2.1.3',
  name: 'ms',
  version: '2.1.3',
  purl: 'pkg:npm/ms@2.1.3',
};
const recognized = { kind: 'recognized', format: 'fake 1', componentCount: 2 } as const;
const lockfile = { name: 'fake.lock', bytes: new Uint8Array(100_000) };
const onProgress = (): void => undefined;

type Scan = (pieces: AsyncIterable<Uint8Array>) => AsyncIterable<ScanEvent>;

async function hostWith(...scans: readonly Scan[]) {
  const plugins = scans.map((scan) =>
    fakePlugin({
      provides: [implement(CanScan, { scan })],
      manifest: { provides: [{ capability: 'CanScan', version: 1, parameters: { ecosystems: ['npm'] } }] },
    }),
  );
  return startTestHost({ plugins, trustLevel: 'untrusted' });
}

describe('a scan', () => {
  it('has what the scanner names, and tells how far it is', async () => {
    await using host = await hostWith(async function* (pieces) {
      let bytes = 0;
      for await (const piece of pieces) yield { kind: 'read', bytes: (bytes += piece.byteLength) };
      yield recognized;
      yield { kind: 'components', components: [component] };
      yield { kind: 'components', components: [component] };
    });
    const progress: number[] = [];

    const result = await scanLockfile(host, {
      lockfile,
      onProgress: (_, fraction) => progress.push(fraction),
    });

    expect(result).toEqual({ components: [component, component] });
    expect(progress).toEqual([0.327_68, 0.5, 0.75, 1]);
  });

  it('is not complete when the scanner ends before it has named everything', async () => {
    await using host = await hostWith(async function* () {
      yield recognized;
      yield { kind: 'components', components: [component] };
    });

    expect(await scanLockfile(host, { lockfile, onProgress })).toEqual({
      components: [component],
      problem: 'the scanner did not name as many components as it had announced',
    });
  });

  it('ends when the scanner names more than it announced', async () => {
    let batches = 0;
    await using host = await hostWith(async function* () {
      yield recognized;
      for (;;) {
        batches += 1;
        yield { kind: 'components', components: [component] };
      }
    });

    expect(await scanLockfile(host, { lockfile, onProgress })).toHaveProperty('problem');
    expect(batches).toBeLessThan(10_000);
  });

  it('is not complete when the scanner says nothing at all', async () => {
    await using host = await hostWith(async function* () {});

    expect(await scanLockfile(host, { lockfile, onProgress })).toHaveProperty('problem');
  });

  it('keeps what was found until the scanner failed', async () => {
    await using host = await hostWith(async function* () {
      yield recognized;
      yield { kind: 'components', components: [component] };
      throw new Error('out of ideas');
    });

    expect(await scanLockfile(host, { lockfile, onProgress })).toEqual({
      components: [component],
      problem: expect.stringMatching(/^CALL_FAILED: .*out of ideas/),
    });
  });

  it('is not complete without a scanner', async () => {
    await using host = await hostWith();

    expect(await scanLockfile(host, { lockfile, onProgress })).toEqual({
      components: [],
      problem: expect.stringMatching(/^CAPABILITY_NOT_PROVIDED: /),
    });
  });

  it('of what the scanner refuses is bad input', async () => {
    await using host = await hostWith(async function* () {
      yield { kind: 'refused', reason: 'unknownFormat', problem: 'is a poem' };
    });

    const scanned = scanLockfile(host, { lockfile, onProgress });

    await expect(scanned).rejects.toThrow(BadInput);
    await expect(scanned).rejects.toThrow('fake.lock is a poem');
  });

  it('can be met in mid-call, with the end of the lockfile held back', async () => {
    const seen: string[] = [];
    await using host = await hostWith(async function* (pieces) {
      for await (const piece of pieces) {
        seen.push(`piece of ${piece.byteLength}`);
        yield { kind: 'read', bytes: piece.byteLength };
      }
    });

    await scanLockfile(host, { lockfile, onProgress, inMidCall: () => seen.push('mid-call') });

    expect(seen).toEqual(['piece of 65536', 'mid-call', 'piece of 34464']);
  });
});
