/** How large a package may be. */
export interface PackageLimits {
  /** Files and folders together. Default 20,000. */
  readonly maxFiles: number;
  /** The sum of all files. Default 512. */
  readonly maxSizeMiB: number;
}

/** The bounds that hold when the operator says nothing. */
export const defaultPackageLimits: PackageLimits = { maxFiles: 20_000, maxSizeMiB: 512 };
