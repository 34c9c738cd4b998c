import type { TSchema } from 'typebox';
import { isPluginError, PluginError } from '../contract/plugin-error.ts';
import type { CallTarget } from './call-target.ts';
import { excessOf, type JsonExcess } from './json-parts.ts';
import { decodePayload, encodePayload, type Payload } from './payload.ts';
import type { MessageLimits } from './plugin-sandbox.ts';

/** Of a code unit of UTF-16 in UTF-8: what is short need not be measured. */
const maxBytesPerCharacter = 3;

/** What a value that cannot be written or read counts as: it depends on whose value it is. */
type Invalid = 'REQUEST_INVALID' | 'RESPONSE_INVALID';

/** Writes and reads the values of one call, within the limits of a message. Whether they fit the contract is for others to check. */
export class ValueCodec {
  readonly #target: CallTarget;
  readonly #limits: MessageLimits;
  readonly #countsParts: boolean;

  /** `countsParts` is for who may leave it to the other side to count the parts of JSON, as each of its characters is looked at for that. */
  constructor(target: CallTarget, limits: MessageLimits, countsParts = true) {
    this.#target = target;
    this.#limits = limits;
    this.#countsParts = countsParts;
  }

  /** A value ready to be sent. Throws `MESSAGE_TOO_LARGE`, and `invalid` for what JSON cannot say. */
  encode(schema: TSchema, value: unknown, invalid: Invalid): Payload {
    try {
      const payload = encodePayload(schema, value);
      this.#checkSize(payload);
      return payload;
    } catch (cause) {
      throw this.#told(cause, invalid);
    }
  }

  /** A value that arrived, as a fresh copy. Throws `MESSAGE_TOO_LARGE`, and `invalid` for what is broken. */
  decode(payload: Payload | undefined, invalid: Invalid): unknown {
    if (!payload) return undefined;
    try {
      this.#checkSize(payload);
      return decodePayload(payload);
    } catch (cause) {
      throw this.#told(cause, invalid);
    }
  }

  #told(cause: unknown, invalid: Invalid): PluginError {
    if (isPluginError(cause)) return cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    return new PluginError(invalid, { ...this.#target, problem }, { cause });
  }

  /** The place of an attachment counts as JSON, and as 48 bytes at least: what small ones cost is not their data. */
  #checkSize({ json, attachments }: Payload): void {
    const { maxJsonParts } = this.#limits;
    const excess = this.#countsParts ? excessOf(json, maxJsonParts) : undefined;
    if (excess !== undefined) throw new RangeError(problemOf(excess, maxJsonParts));
    if (attachments.length === 0 && json.length <= this.#limits.jsonLimitBytes / maxBytesPerCharacter) return;
    let jsonBytes = Buffer.byteLength(json);
    let dataBytes = 0;
    for (const { pointer, data } of attachments) {
      jsonBytes += 48 + Buffer.byteLength(pointer);
      dataBytes += data.byteLength;
    }
    this.#check(jsonBytes, 'jsonLimitBytes');
    this.#check(dataBytes, 'bytesLimitBytes');
  }

  #check(sizeBytes: number, name: 'jsonLimitBytes' | 'bytesLimitBytes'): void {
    const limitBytes = this.#limits[name];
    const option = `messages.${name}`;
    if (sizeBytes > limitBytes) {
      throw new PluginError('MESSAGE_TOO_LARGE', { ...this.#target, sizeBytes, limitBytes, option });
    }
  }
}

function problemOf(excess: JsonExcess, maxJsonParts: number): string {
  if (excess === 'depth')
    return 'it has arrays and objects in one another, more than 1000 deep; send them side by side';
  const limit = `the limit is ${maxJsonParts} (\`messages.maxJsonParts\`)`;
  return `it has too many arrays, objects and fields, and ${limit}; send less at once, or raise it`;
}
