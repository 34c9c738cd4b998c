import type { TSchema } from 'typebox';

/** Binary data that stands beside the JSON, and the place it belongs to (RFC 6901); the JSON has `null` there. */
export interface Attachment {
  readonly pointer: string;
  readonly data: Uint8Array;
}

/** A value as it crosses a border: JSON text (empty for `undefined`) and its binary parts. */
export interface Payload {
  readonly json: string;
  readonly attachments: readonly Attachment[];
}

/** Of a pointer in a message: it may be a MiB of outside data. */
const shownLength = 200;
const none: readonly Attachment[] = [];
const carriesBytes = new WeakMap<TSchema, boolean>();

/** A value as JSON and attachments. Throws a `TypeError` for what JSON cannot say (a cycle, a bigint). */
export function encodePayload(schema: TSchema, value: unknown): Payload {
  if (!hasBytes(schema)) return { json: JSON.stringify(value) ?? '', attachments: none };
  const attachments: Attachment[] = [];
  return { json: JSON.stringify(detach(value, '', attachments)) ?? '', attachments };
}

/** The value of a payload, as a fresh copy. Throws a `SyntaxError` for broken JSON or an attachment that belongs nowhere. */
export function decodePayload({ json, attachments }: Payload): unknown {
  const value = json === '' ? undefined : (JSON.parse(json) as unknown);
  if (attachments.length === 0) return value;
  const root = new Root(value);
  for (const { pointer, data } of attachments) attach(root, pointer, data);
  return root.value;
}

/** No literal: V8 may make one old from the beginning, and it would keep its data until the whole heap is marked. */
class Root {
  value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** What was asked last: most calls are of the method that the one before was of. */
let recent: { readonly schema: TSchema; readonly answer: boolean } | undefined;

function hasBytes(schema: TSchema): boolean {
  if (schema === recent?.schema) return recent.answer;
  const answer = carriesBytes.get(schema) ?? JSON.stringify(schema).includes('"x-bytes":true');
  carriesBytes.set(schema, answer);
  recent = { schema, answer };
  return answer;
}

function detach(
  value: unknown,
  pointer: string,
  attachments: Attachment[],
  holders: unknown[] = [],
): unknown {
  if (value instanceof Uint8Array) {
    attachments.push({ pointer, data: value });
    return null;
  }
  if (value === null || typeof value !== 'object' || (!Array.isArray(value) && 'toJSON' in value))
    return value;
  if (holders.includes(value))
    throw new TypeError(`the value holds itself at ${pointer}, and JSON has no cycles`);
  holders.push(value);
  const detached = Array.isArray(value)
    ? value.map((item, index) => detach(item, `${pointer}/${index}`, attachments, holders))
    : Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          detach(item, `${pointer}/${escaped(key)}`, attachments, holders),
        ]),
      );
  holders.pop();
  return detached;
}

/** Puts the data where the pointer says. The pointer is outside data: it walks own properties only, and ends at a `null`. */
function attach(root: { value: unknown }, pointer: string, data: Uint8Array): void {
  let holder: unknown = root;
  let key = 'value';
  for (let start = 0; start < pointer.length && holder !== undefined;) {
    const next = pointer.indexOf('/', start + 1);
    const end = next < 0 ? pointer.length : next;
    holder = pointer[start] === '/' ? own(holder, key) : undefined;
    key = unescaped(pointer.slice(start + 1, end));
    start = end;
  }
  if (own(holder, key) !== null)
    throw new SyntaxError(
      `an attachment points at ${pointer.slice(0, shownLength)}, where nothing awaits it`,
    );
  (holder as Record<string, unknown>)[key] = data; // own() answered, so it is an object with that key
}

function own(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Record<string, unknown>)[key] // the condition says so
    : undefined;
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');
