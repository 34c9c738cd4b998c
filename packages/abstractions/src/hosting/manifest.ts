import { Type, type Static } from 'typebox';
import { PluginError } from '../contract/plugin-error.ts';
import { schemaProblem } from './schema-check.ts';

/** The `manifestVersion` that this package reads. */
const manifestVersion = 1;

const closed = { additionalProperties: false, patternProperties: { '^x-': {} } };
const name = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const CapabilityDeclarationSchema = Type.Object(
  {
    capability: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9.-]{0,127}$' }),
    version: Type.Integer({ minimum: 1 }),
    parameters: Type.Optional(Type.Unknown()),
    fingerprint: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  },
  closed,
);

const LimitsSchema = Type.Partial(
  Type.Object({
    memoryLimitMiB: Type.Integer({ minimum: 16 }),
    cpuLimitCores: Type.Number({ minimum: 0.05 }),
    maxProcesses: Type.Integer({ minimum: 16 }),
    maxOpenFiles: Type.Integer({ minimum: 32 }),
    temporarySpaceMiB: Type.Integer({ minimum: 1 }),
    fileSizeLimitMiB: Type.Integer({ minimum: 1 }),
    logLinesPerSecond: Type.Integer({ minimum: 1 }),
    outputKiBPerSecond: Type.Integer({ minimum: 1 }),
    jsonLimitBytes: Type.Integer({ minimum: 1024 }),
    bytesLimitBytes: Type.Integer({ minimum: 1024 }),
    maxJsonParts: Type.Integer({ minimum: 100 }),
    maxCallsInFlight: Type.Integer({ minimum: 1 }),
    loadTimeoutMs: Type.Integer({ minimum: 1 }),
    initializeTimeoutMs: Type.Integer({ minimum: 1 }),
    startTimeoutMs: Type.Integer({ minimum: 1 }),
    callTimeoutMs: Type.Integer({ minimum: 1 }),
    stopTimeoutMs: Type.Integer({ minimum: 1 }),
    heartbeatTimeoutMs: Type.Integer({ minimum: 1 }),
  }),
  closed,
);

/** The schema of `plugin.json`. An unknown field is refused unless its name begins with `x-`. */
export const PluginManifestSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    manifestVersion: Type.Literal(manifestVersion),
    /** Reverse-dotted, lower case. */
    id: Type.String({ pattern: '^[a-z][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)+$', maxLength: 128 }),
    name: name(128),
    /** SemVer 2.0.0, its own regular expression: https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string */
    version: Type.String({
      maxLength: 128,
      pattern:
        '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$',
    }),
    description: Type.Optional(name(1024)),
    author: Type.Optional(name(256)),
    /** The module that exports `plugin`, relative to the package, with `/` between folders. */
    entry: name(512),
    engines: Type.Optional(
      Type.Object({ host: Type.Optional(name(128)), node: Type.Optional(name(128)) }, closed),
    ),
    provides: Type.Array(CapabilityDeclarationSchema, { maxItems: 64 }),
    requires: Type.Optional(Type.Array(CapabilityDeclarationSchema, { maxItems: 64 })),
    configSchema: Type.Optional(Type.Object({})),
    /** Run me lower than I could be; there is no way to ask for more. */
    trust: Type.Optional(Type.Literal('untrusted')),
    /** I can do with less than the operator grants; more is not given. */
    limits: Type.Optional(LimitsSchema),
  },
  closed,
);

/** What a plugin says of itself in `plugin.json`, before any of its code runs. */
export type PluginManifest = Static<typeof PluginManifestSchema>;

/** Checks a manifest. `source` is the directory, or who linked it in. Rejects with `MANIFEST_INVALID`. */
export function parseManifest(manifest: unknown, source: string): PluginManifest {
  const version: unknown = Object(manifest).manifestVersion;
  const problem =
    typeof version === 'number' && version !== manifestVersion
      ? `its manifestVersion is ${version}, and this host reads ${manifestVersion}`
      : (schemaProblem(PluginManifestSchema, manifest) ?? repeated(manifest as PluginManifest)); // `??`: the schema holds
  if (problem !== undefined) throw new PluginError('MANIFEST_INVALID', { source, problem });
  return manifest as PluginManifest; // the schema holds
}

function repeated({ provides, requires = [] }: PluginManifest): string | undefined {
  for (const [list, declarations] of Object.entries({ provides, requires })) {
    const names = declarations.map(({ capability, version }) => `${capability} v${version}`);
    const twice = names.find((declared, index) => names.indexOf(declared) !== index);
    if (twice !== undefined) return `"${list}" names ${twice} twice`;
  }
  return undefined;
}
