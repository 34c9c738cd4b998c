import { isPluginError, PluginError, type TSchema } from '@stellaops/plugin-abstractions';
import { decodeValue, encodeValue, type MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { Wrap } from './call-link.ts';
import { mapValues } from './map-values.ts';

/** Gives each side a copy of its own, made as the wire makes it, so that in process a plugin sees what it would see in a sandbox. */
export function copied(limits: MessageLimits): Wrap {
  return (link) => {
    const copy =
      (code: 'REQUEST_INVALID' | 'RESPONSE_INVALID') =>
      (schema: TSchema, value: unknown): unknown => {
        try {
          const { json, attachments } = encodeValue(schema, value, link.target, limits);
          const copies = attachments.map(({ pointer, data }) => ({ pointer, data: Uint8Array.from(data) }));
          return decodeValue({ json, attachments: copies }, link.target, limits);
        } catch (error) {
          if (isPluginError(error)) throw error;
          const problem = error instanceof Error ? error.message : String(error);
          throw new PluginError(code, { ...link.target, problem }, { cause: error });
        }
      };
    return mapValues(link, { request: copy('REQUEST_INVALID'), response: copy('RESPONSE_INVALID') });
  };
}
