/** What a runner does that could hold up the host at this path. Resolves when the host has worked through it all. */
export type HoldUp = (path: string) => Promise<void>;
