import type { TSchema } from 'typebox';
import { PluginError } from '../contract/plugin-error.ts';
import type { CallTarget } from './call-target.ts';
import { decodePayload, encodePayload, type Payload } from './payload.ts';
import type { MessageLimits } from './plugin-sandbox.ts';

/** A value ready to be sent. Throws `MESSAGE_TOO_LARGE`, or a `TypeError` for what JSON cannot say. */
export function encodeValue(
  schema: TSchema,
  value: unknown,
  target: CallTarget,
  limits: MessageLimits,
): Payload {
  const payload = encodePayload(schema, value);
  checkSize(payload, target, limits);
  return payload;
}

/** A value that arrived, as a fresh copy; whether it fits the contract is for the caller to check. Throws `MESSAGE_TOO_LARGE` or a `SyntaxError`. */
export function decodeValue(
  payload: Payload | undefined,
  target: CallTarget,
  limits: MessageLimits,
): unknown {
  if (!payload) return undefined;
  checkSize(payload, target, limits);
  return decodePayload(payload);
}

function checkSize({ json, attachments }: Payload, target: CallTarget, limits: MessageLimits): void {
  let bytes = 0;
  for (const { data } of attachments) bytes += data.byteLength;
  check(Buffer.byteLength(json), 'jsonLimitBytes');
  check(bytes, 'bytesLimitBytes');

  function check(sizeBytes: number, option: 'jsonLimitBytes' | 'bytesLimitBytes'): void {
    const limitBytes = limits[option];
    if (sizeBytes > limitBytes) {
      throw new PluginError('MESSAGE_TOO_LARGE', {
        ...target,
        sizeBytes,
        limitBytes,
        option: `messages.${option}`,
      });
    }
  }
}
