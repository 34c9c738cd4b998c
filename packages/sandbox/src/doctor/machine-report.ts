import type { IsolationReport } from '@stellaops/plugin-abstractions/hosting';
import type { IsolationObstacle } from '../isolation/isolation.ts';

/** What was looked at, in the order of a report. */
export type MachineCheckName =
  | 'platform'
  | 'architecture'
  | 'thread'
  | 'container'
  | 'Node'
  | 'C library'
  | 'bubblewrap'
  | 'prlimit'
  | 'ldd'
  | 'setpriv'
  | 'user namespaces'
  | '/proc'
  | 'control groups'
  | '/tmp'
  | 'users of plugins'
  | 'trial';

/** One thing that sandboxes need of a machine. */
export interface MachineCheck {
  readonly name: MachineCheckName;
  /**
   * `weaker`: sandboxes do without, and what they enforce is the same. `missing`: plugins are refused, unless the operator waives what it is
   * for. `unknown`: it could not be looked at, because something else is missing.
   */
  readonly state: 'good' | 'weaker' | 'missing' | 'unknown';
  /** In a few words, for people. */
  readonly found: string;
  /** The exact way out, in whole sentences; missing when there is nothing to mend. */
  readonly fix?: string;
}

/** What a machine can enforce around untrusted plugins. */
export interface MachineReport {
  /** Whether plugins are run here without a waiver. */
  readonly canIsolate: boolean;
  /** Why not, in the words of the refusal; missing when they are. */
  readonly obstacle?: IsolationObstacle;
  readonly checks: readonly MachineCheck[];
  /** Of a sandbox that was started to see; missing where none can be. */
  readonly isolation?: IsolationReport;
}
