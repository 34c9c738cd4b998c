import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { CallKey, CallFrame, ItemChannel } from './connection.ts';

/** What the two ends of a call need of the connection between them. */
export interface CallPort {
  /** The plugin at the end of the wire, named in errors. */
  readonly pluginId: string;
  readonly limits: MessageLimits;
  /** Whether the parts of JSON are counted at this end. Default they are; a runner leaves both directions to its host. */
  readonly countsParts?: boolean;
  /** Whether the other side takes large payloads on a Transfer; known once both have said hello. */
  readonly transfersPayloads: boolean;
  send(frame: CallFrame): void;
  channel(call: CallKey, signal: AbortSignal): Promise<ItemChannel>;
}
