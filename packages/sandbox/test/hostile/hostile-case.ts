import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { StandIn } from '../isolation/start-stand-in.ts';
import type { DefenceName } from './defences.ts';
import type { RawCall, RawProgram } from './raw/raw-program.ts';
import type { Scene } from './scene.ts';

/** What came of an attempt: its value, or the code of its error. */
export type Seen = string | number | boolean | { readonly [name: string]: Seen };

/** Stands for whatever is not the denial: the kernel itself answered, in the words of its version. */
export const anyOtherAnswer = 'any other answer';

/** Stands for a number that is not an error, such as a descriptor. */
export const anyNumber = 'any number';

/** Stands for the name of an error: EPERM, or ENOSYS where the kernel was built without the call. */
export const anyError = 'any error';

/**
 * The body of an async function that the plugin runs, with what the prelude puts at hand, and `program(name)` for the path of
 * a program; or system calls, of which the result of the last one is seen.
 */
export type Attempt = string | readonly RawCall[];

/** One hostile plugin. */
export interface HostileCase {
  /** What it tries, as the end of a sentence that begins with "a plugin that". */
  readonly name: string;
  readonly attempt: Attempt | ((scene: Scene) => Attempt);
  /** Programs for a script, by name. */
  readonly programs?: Readonly<Record<string, RawProgram>>;
  /** What proves the denial, exactly. */
  readonly denied: Seen;
  /** Who holds it. Where there are several, each is enough. */
  readonly defences: readonly DefenceName[];
  /** What is seen when one of several is left alone, where that is not the usual denial. */
  readonly heldBy?: Readonly<Partial<Record<DefenceName, Seen>>>;
  /** What is seen when exactly these defences are taken away. */
  readonly succeeds: Seen;
  /** For those that would disturb others: a sandbox of its own, with these limits. */
  readonly alone?: Partial<SandboxLimits>;
  /** Looks from outside, where that is better than to ask the plugin. */
  readonly watch?: (watched: Watched) => Promise<Seen>;
  /** Why it cannot be tried on this machine; `undefined` where it can. */
  readonly impossible?: string | undefined;
}

/** A sandbox with an attempt in it. */
export interface Watched {
  readonly standIn: StandIn;
  readonly removed: ReadonlySet<DefenceName>;
}
