import { PluginError } from '@stellaops/plugin-abstractions';
import { Http2Error } from '../http2/error-code.ts';

/** What no runner that speaks the protocol does, seen where the plugin is not known yet. The message is what it did. */
export class ProtocolViolation extends Error {}

/** A process that ends breaks its socket; only what does not follow HTTP/2 is the doing of what the runner sent. */
export function brokenHttp(error: Error): Error {
  if (!(error instanceof Http2Error)) return error;
  return new ProtocolViolation(`it broke HTTP/2: ${error.message}`, { cause: error });
}

/** What closed a connection, as the host tells it of this plugin. */
export function explainClosing(error: Error | undefined, pluginId: string): Error | undefined {
  if (!(error instanceof ProtocolViolation)) return error;
  return new PluginError(
    'SANDBOX_PROTOCOL_VIOLATION',
    { pluginId, problem: error.message },
    { cause: error.cause },
  );
}

/** What a message is that broke its reader. */
export function unreadable(cause: unknown): ProtocolViolation {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolViolation(`it sent a message that cannot be read: ${problem}`, { cause });
}
