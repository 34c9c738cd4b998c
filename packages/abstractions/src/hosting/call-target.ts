/** What a call is to, as errors name it. */
export interface CallTarget {
  readonly pluginId: string;
  /** Id and version: `CanScan v1`. */
  readonly capability: string;
  readonly method: string;
}
