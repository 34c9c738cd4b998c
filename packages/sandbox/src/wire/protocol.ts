/** The protocol versions that this package speaks. */
export const protocolVersions = { oldest: 1, newest: 1 } as const;

/** What this package can do beyond the protocol version. */
export const protocolFeatures: readonly string[] = ['transferred-payloads', 'compiled-code', 'ordered-steps'];

/** Whether both sides take large payloads on a Transfer, by the features that both know. */
export function knowsTransfers(features: readonly string[]): boolean {
  return features.includes('transferred-payloads');
}

/** Whether the runner compiles code for the host to keep. */
export function knowsCompiledCode(features: readonly string[]): boolean {
  return features.includes('compiled-code');
}

/** Whether the runner may be asked for a step while another one is under way: it takes them in their order. */
export function knowsOrderedSteps(features: readonly string[]): boolean {
  return features.includes('ordered-steps');
}

/** The highest version that both sides know, or a sentence that names both ranges. */
export function negotiateProtocol(other: {
  readonly oldest: number;
  readonly newest: number;
}): number | string {
  const { oldest, newest } = protocolVersions;
  const common = Math.min(newest, other.newest);
  if (common >= Math.max(oldest, other.oldest)) return common;
  return `this host speaks protocol ${oldest} to ${newest}, and the runner ${other.oldest} to ${other.newest}`;
}
