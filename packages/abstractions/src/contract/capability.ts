import type { Static, TObject, TSchema } from 'typebox';

/** One method of a capability: what it is asked with (one value, or a stream of items) and what it answers (likewise). */
export type MethodContract = (
  | { readonly request: TSchema; readonly requestStream?: never }
  | { readonly request?: never; readonly requestStream: TSchema }
) &
  (
    | { readonly response: TSchema; readonly responseStream?: never }
    | { readonly response?: never; readonly responseStream: TSchema }
  );

/** The methods of a capability, by name. */
export type MethodContracts = Readonly<Record<string, MethodContract>>;

/** What names a capability: its id and its version. Another version is another capability. */
export interface CapabilityIdentity {
  readonly id: string;
  readonly version: number;
}

/** A named, versioned contract between the host and plugins. Made by {@link defineCapability}. */
export interface Capability<
  Methods extends MethodContracts = MethodContracts,
  Parameters extends TSchema = TSchema,
> extends CapabilityIdentity {
  /** The schema of what a manifest says beside the capability. */
  readonly parameters?: Parameters;
  readonly methods: Methods;
  /** SHA-256 (hex) over identity and schemas: two sides with the same one mean the same contract. */
  readonly fingerprint: string;
}

/** What a caller may say with one call. */
export interface CallOptions {
  /** Aborting it cancels the call; the promise rejects with `CALL_CANCELLED` at once. */
  readonly signal?: AbortSignal | undefined;
  /** How long the answer, or the next item of a stream, may take. Default: the `timeouts.callTimeoutMs` of the host. */
  readonly timeoutMs?: number | undefined;
  /** W3C trace context of who calls (`traceparent`), by which a trace goes on across processes. Default: that of the active span. */
  readonly traceparent?: string | undefined;
}

type Input<Method extends MethodContract> = Method extends { readonly request: infer Schema extends TSchema }
  ? Static<Schema>
  : Method extends { readonly requestStream: infer Schema extends TSchema }
    ? AsyncIterable<Static<Schema>>
    : never;

type Output<Method extends MethodContract> = Method extends {
  readonly response: infer Schema extends TSchema;
}
  ? Promise<Static<Schema>>
  : Method extends { readonly responseStream: infer Schema extends TSchema }
    ? AsyncIterable<Static<Schema>>
    : never;

/** The typed interface that follows from a contract: the author implements it, the host calls it. */
export type CapabilityApi<Methods extends MethodContracts = MethodContracts> = {
  readonly [Name in keyof Methods]: (
    input: Input<Methods[Name]>,
    options?: CallOptions,
  ) => Output<Methods[Name]>;
};

/** A contract with the object that implements it. Made by {@link implement}. */
export interface Implementation<Methods extends MethodContracts = MethodContracts> {
  readonly capability: Capability<Methods>;
  readonly api: CapabilityApi<Methods>;
}

/** Defines a contract. The value is frozen; throws a `TypeError` for an id or version that a manifest could not name. */
export function defineCapability<
  const Methods extends MethodContracts,
  Parameters extends TSchema = TObject<{}>,
>(definition: {
  readonly id: string;
  readonly version: number;
  readonly parameters?: Parameters;
  readonly methods: Methods;
}): Capability<Methods, Parameters> {
  const { id, version, methods, parameters } = definition;
  if (!capabilityId.test(id))
    throw new TypeError(`"${id}" is no capability id: a letter, then letters, digits, "." and "-"`);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new TypeError(`The version of ${id} must be a whole number from 1`);
  const frozen = Object.freeze({ ...methods }) as Methods; // the same methods
  let fingerprint: string | undefined;
  return Object.freeze({
    id,
    version,
    methods: frozen,
    // Made when somebody asks: a plugin that comes up does not.
    get fingerprint() {
      return (fingerprint ??= sha256(canonicalJson([id, version, parameters ?? {}, methods])));
    },
    ...(parameters && { parameters }),
  });
}

/** Joins a contract with its implementation; the very object is kept. */
export function implement<Methods extends MethodContracts, Parameters extends TSchema>(
  capability: Capability<Methods, Parameters>,
  api: CapabilityApi<Methods>,
): Implementation<Methods> {
  return Object.freeze({ capability, api });
}

/** `CanScan v1`: how a capability is called in messages and logs. */
export function capabilityName({ id, version }: CapabilityIdentity): string {
  return `${id} v${version}`;
}

const capabilityId = /^[A-Za-z][A-Za-z0-9.-]{0,127}$/;

/** An `import` of `node:crypto` would load all of it wherever a plugin is imported, which takes longer than the plugin itself. */
function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}

/** JSON in which neither the order of fields nor that of `required` counts, so that two builds of one contract give one text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (part === null || typeof part !== 'object') return part;
    if (Array.isArray(part)) return key === 'required' ? part.map(String).toSorted(byCodeUnit) : part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => byCodeUnit(a, b)));
  });
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : 1;
}
