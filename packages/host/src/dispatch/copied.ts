import type { TSchema } from '@stellaops/plugin-abstractions';
import { ValueCodec, type MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { Wrap } from './call-link.ts';
import { mapValues, type ValueMap } from './map-values.ts';

/** Gives each side a copy of its own, made as the wire makes it, so that in process a plugin sees what it would see in a sandbox. */
export function copied(limits: MessageLimits): Wrap {
  return (link) => {
    const codec = new ValueCodec(link.target, limits);
    const copy =
      (invalid: 'REQUEST_INVALID' | 'RESPONSE_INVALID') =>
      (schema: TSchema): ValueMap =>
      (value) => {
        const { json, attachments } = codec.encode(schema, value, invalid);
        const copies = attachments.map(({ pointer, data }) => ({ pointer, data: Uint8Array.from(data) }));
        return codec.decode({ json, attachments: copies }, invalid);
      };
    return mapValues(link, copy('REQUEST_INVALID'), copy('RESPONSE_INVALID'));
  };
}
