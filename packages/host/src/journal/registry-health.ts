/** How a host stands with its registry. */
export interface RegistryHealth {
  /** Since when it takes nothing, and what it said last; missing while it answers. */
  readonly away?: { readonly since: Date; readonly problem: string };
  /** State changes and audit events that it was not told yet. While it is away they stand in the journal of this host. */
  readonly waiting: number;
  /** Why nothing more can be kept for it: until there is room, no plugin starts. Missing while there is room. */
  readonly full?: string;
  /** Audit events of this host that were lost because there was no room: they are in the log alone. */
  readonly unrecorded: number;
}
