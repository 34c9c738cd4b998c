import type { TRefine, TUnion, TUnsafe } from 'typebox';
import { defineCapability } from '../contract/capability.ts';
import { Bytes } from '../contract/schema.ts';
import * as Type from '../contract/type.ts';

/** What JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** What stands under a key: JSON, or binary data as a whole. */
export type StoredValue = JsonValue | Uint8Array;

const Key = Type.String({ pattern: '^[\\x20-\\x7e]{1,512}$' });
const KeyPart = Type.String({ pattern: '^[\\x20-\\x7e]{0,512}$' });
const Value: TUnion<[TRefine<TUnsafe<Uint8Array>>, TUnsafe<JsonValue>]> = Type.Union([
  Bytes(),
  Type.Unsafe<JsonValue>({}),
]);
/** Counts up with every change that a plugin makes; 0 stands for no entry. */
const Revision = Type.Integer({ minimum: 0 });
const Entry = Type.Object({ key: Key, value: Value, revision: Revision });

/**
 * Entries that a plugin keeps with its host. Each plugin has entries of its own: it can neither see nor name those of another one.
 *
 * A key has 1 to 512 printable ASCII characters. A change with an `expectedRevision` happens only while the entry has that revision,
 * where 0 means that there is none; the answer says whether it happened, and the revision of the entry as it is now.
 * Beyond the operator's limits `set` is refused with `QUOTA_EXCEEDED`, or `MESSAGE_TOO_LARGE` for one value.
 */
export const KeyValueStore = defineCapability({
  id: 'KeyValueStore',
  version: 1,
  methods: {
    get: { request: Type.Object({ key: Key }), response: Type.Union([Entry, Type.Undefined()]) },
    set: {
      request: Type.Object({ key: Key, value: Value, expectedRevision: Type.Optional(Revision) }),
      response: Type.Object({ isStored: Type.Boolean(), revision: Revision }),
    },
    delete: {
      request: Type.Object({ key: Key, expectedRevision: Type.Optional(Revision) }),
      response: Type.Object({ isDeleted: Type.Boolean(), revision: Revision }),
    },
    /** In the order of the characters' codes, from the first key after `after`. What changes meanwhile may be seen or not. */
    list: {
      request: Type.Object({ prefix: Type.Optional(KeyPart), after: Type.Optional(KeyPart) }),
      responseStream: Entry,
    },
  },
});
