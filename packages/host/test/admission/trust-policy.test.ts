import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { admitPackage } from '../../src/admission/admit-package.ts';
import {
  trustNobody,
  trustSigners,
  type TrustDecision,
  type TrustPolicy,
} from '../../src/admission/trust-policy.ts';
import { files, manifest, options, p256, packageFolder, signFolder, writeSums } from './package-folder.ts';

const trustAll: TrustPolicy = () => ({ trustLevel: 'trusted', reason: 'everything is' });

describe('a trust policy', () => {
  it('cannot grant built-in: its type does not say so', () => {
    // @ts-expect-error: nothing on disk can be built-in
    const policy: TrustPolicy = () => ({ trustLevel: 'builtIn', reason: 'because' });
    expect(policy).toBeDefined();
  });

  it.each(['builtIn', 'root', undefined])('cannot grant %s past the types either', async (trustLevel) => {
    await using folder = await packageFolder();
    const trust: TrustPolicy = () => ({ trustLevel, reason: 'because' }) as TrustDecision; // as from JavaScript
    const { refused } = await admitPackage(folder.package, options(folder, { trust }));
    expect(refused?.error).toMatchObject({ code: 'TRUST_REFUSED', details: { pluginId: 'acme.scanner' } });
  });

  it('that is not there trusts nobody', async () => {
    await using folder = await packageFolder();
    const { admitted } = await admitPackage(folder.package, options(folder, { trust: trustNobody }));
    expect(admitted).toMatchObject({
      trustLevel: 'untrusted',
      trustReason: 'no signer is trusted by this host',
    });
  });

  it('sees the manifest, the digest, and what was signed with what', async () => {
    await using folder = await packageFolder({ ...files, 'SHA256SUMS.sigstore.json': 'a bundle' });
    const sums = await writeSums(folder.package);
    const seen: unknown[] = [];
    const trust: TrustPolicy = (candidate) => {
      seen.push(candidate);
      return Promise.resolve({ trustLevel: 'trusted', reason: 'looked at it' });
    };
    const { admitted } = await admitPackage(folder.package, options(folder, { trust }));
    expect(admitted).toMatchObject({ trustLevel: 'trusted', trustReason: 'looked at it' });
    const [sumsBytes, signature] = [Buffer.from(sums), Buffer.from('a bundle')];
    expect(seen).toEqual([
      { source: folder.package, manifest, digest: admitted?.digest, sums: sumsBytes, signature },
    ]);
  });

  it('refuses with an error of its own choice', async () => {
    await using folder = await packageFolder();
    const trust: TrustPolicy = ({ manifest: { id } }) => {
      throw new PluginError('TRUST_REFUSED', {
        pluginId: id,
        problem: 'only scanners of the house run here',
      });
    };
    const { refused } = await admitPackage(folder.package, options(folder, { trust }));
    expect(refused?.error.message).toContain('only scanners of the house run here');
  });

  it('that fails refuses the package, and keeps the cause', async () => {
    await using folder = await packageFolder();
    const cause = new Error('no answer from the directory');
    const { refused } = await admitPackage(
      folder.package,
      options(folder, { trust: () => Promise.reject(cause) }),
    );
    expect(refused?.error).toMatchObject({ code: 'TRUST_REFUSED', cause });
    expect(refused?.error.message).toContain('no answer from the directory');
  });

  it('is not asked about a package whose files are not those of its SHA256SUMS', async () => {
    await using folder = await packageFolder();
    await writeSums(folder.package);
    await writeFile(join(folder.package, 'extra'), '');
    let asked = 0;
    const trust: TrustPolicy = (candidate) => {
      asked += 1;
      return trustAll(candidate);
    };
    await admitPackage(folder.package, options(folder, { trust }));
    expect(asked).toBe(0);
  });
});

describe('the tier of a package', () => {
  it('is lowered when the package asks for it', async () => {
    const text = JSON.stringify({ ...manifest, trust: 'untrusted' });
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    const key = p256();
    await signFolder(folder, key);
    const { admitted } = await admitPackage(
      folder.package,
      options(folder, { trust: trustSigners({ me: key.publicKey }) }),
    );
    expect(admitted).toMatchObject({ trustLevel: 'untrusted', trustReason: 'asks to run as untrusted' });
  });

  it('is untrusted without a SHA256SUMS, whatever the policy grants', async () => {
    await using folder = await packageFolder();
    const { admitted } = await admitPackage(folder.package, options(folder, { trust: trustAll }));
    expect(admitted).toMatchObject({ trustLevel: 'untrusted', trustReason: 'has no SHA256SUMS' });
  });
});
