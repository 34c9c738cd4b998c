import { RecordFromPattern, type TObjectOptions, type TRecord, type TSchema, type TString } from 'typebox';

/**
 * TypeBox's builders of schemas, but those that compute a type from another one: each of them brings along the engine for all of them, which is
 * half of TypeBox, and a bundle that holds a namespace holds all of it. Who needs one imports it from `typebox`.
 */
export {
  Any,
  Array,
  Boolean,
  Cyclic,
  Enum,
  Integer,
  Intersect,
  Literal,
  Never,
  Null,
  Number,
  Object,
  Optional,
  Readonly,
  Ref,
  Refine,
  String,
  This,
  Tuple,
  Undefined,
  Union,
  Unknown,
  Unsafe,
  Void,
} from 'typebox';
export type * from 'typebox';

const anyName = '^.*$';

/** An object whose fields all hold the same, by names that need not be known: the kind of TypeBox's `Record` that computes nothing. */
export function Record<Value extends TSchema>(
  name: TString,
  value: Value,
  options: TObjectOptions = {},
): TRecord<typeof anyName, Value> {
  const pattern = ('pattern' in name ? String(name.pattern) : anyName) as typeof anyName; // TypeBox has one type for all patterns too
  return Object.assign(RecordFromPattern(pattern, value), options);
}
