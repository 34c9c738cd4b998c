/** How far the host trusts a plugin, most trusted first. Granted by the host, never claimed by a plugin. */
export const trustLevels = ['builtIn', 'trusted', 'untrusted'] as const;

/**
 * `builtIn`: linked in by the code of the host, direct calls. `trusted`: on disk, signed by a key of the operator, in process,
 * monitored. `untrusted`: everything else, in a process of its own, isolated.
 */
export type PluginTrustLevel = (typeof trustLevels)[number];
