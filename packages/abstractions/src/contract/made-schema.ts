/** A schema, or fields of one. */
export type Fields = Readonly<Record<string, unknown>>;

type BuilderOf<Schema> = (...given: never[]) => Schema;

/** A builder of one kind of schema, of the type that TypeBox has for it. The kind is a field that JSON does not show. */
export function builderOf<Builder extends BuilderOf<{ readonly '~kind': string }>>(
  kind: ReturnType<Builder>['~kind'],
  fields: (...given: never[]) => Fields,
): Builder {
  const { length } = fields;
  const build = (...given: never[]): Fields =>
    hide({ ...fields(...given), ...(given[length] as Fields | undefined) }, { '~kind': kind });
  return build as unknown as Builder;
}

/** A builder of a copy of a schema, with marks that JSON does not show. */
export function builderOfCopy<Builder extends BuilderOf<object>>(
  marks: (...given: Parameters<Builder>) => Fields,
): Builder {
  const build = (schema: object, ...given: unknown[]): Fields =>
    hide(copyOf(schema), marks(...([schema, ...given] as Parameters<Builder>)));
  return build as unknown as Builder;
}

/** With what JSON does not show of it. */
export function copyOf(schema: object): object {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema));
}

function hide(schema: object, marks: Fields): Fields {
  for (const [name, value] of Object.entries(marks))
    Object.defineProperty(schema, name, { configurable: true, writable: true, enumerable: false, value });
  return schema as Fields;
}
