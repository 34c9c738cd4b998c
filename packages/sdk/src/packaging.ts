export { completeManifest } from './packaging/complete-manifest.ts';
export { packPackage, type PackedPackage, type PackOptions } from './packaging/pack-package.ts';
export { createSigningKey, type SigningKeyPair } from './packaging/signing-key.ts';
export { signPackage } from './packaging/sign-package.ts';
export { writeChecksums } from './packaging/write-checksums.ts';
