/** A promise of the specification, and the tests that fail when it breaks. */
export interface Promised {
  readonly promise: string;
  /** A file, relative to `packages`, and the name of a test in it. */
  readonly tests: readonly (readonly [file: string, name: string])[];
}

/** What the specification promises, in its order. What is not listed is not there yet: tables in PostgreSQL. */
export const specification: readonly Promised[] = [
  {
    promise: 'Discovery scans the configured paths for packages; what is not there is skipped',
    tests: [
      [
        'host/test/admission/discover.test.ts',
        'finds a path that is a package, and the packages that are direct children of a path',
      ],
      ['host/test/admission/discover.test.ts', 'reports paths that are no directory and goes on'],
    ],
  },
  {
    promise: 'Discovery runs at the start of a host, and again when it is asked for',
    tests: [['testing/test/host/rescan.test.ts', 'starts what is new, and leaves what runs alone']],
  },
  {
    promise: 'Every plugin follows the same lifecycle, whatever its trust level',
    tests: [
      [
        'abstractions/test/hosting/lifecycle.test.ts',
        'has the states of the specification and failed, and their transitions',
      ],
      [
        'testing/test/host/bad-lifecycle.test.ts',
        'that never ends to stop is given up when the host stops, and the others are stopped',
      ],
    ],
  },
  {
    promise: 'A plugin that fails while loading or initializing is Failed, logged and excluded',
    tests: [
      ['testing/test/sandbox-death-in-lifecycle.test.ts', 'fails with a code when its entry %s'],
      ['testing/test/host/log.test.ts', 'has one line for a failure, with its code and the error'],
    ],
  },
  {
    promise: 'StopAsync is called when the host shuts down gracefully',
    tests: [
      [
        'testing/test/host/stopping.test.ts',
        'stops its plugins in reverse order, each when those that may call it have stopped',
      ],
    ],
  },
  {
    promise: 'BuiltIn plugins run in process with direct calls and no overhead',
    tests: [['testing/test/host/resolve.test.ts', 'gives the very object that a built-in plugin provides']],
  },
  {
    promise: 'Trusted plugins run in process, and have signed manifests',
    tests: [
      ['testing/test/host/trusted-package.test.ts', 'runs in process, as trusted, and says why'],
      ['testing/test/host/trusted-package.test.ts', 'is no longer trusted when one byte of it has changed'],
    ],
  },
  {
    promise: 'The host never runs untrusted code in process',
    tests: [
      [
        'testing/test/host/bad-entry.test.ts',
        'is refused by a host without a sandbox, with the way out, and never loaded in process',
      ],
    ],
  },
  {
    promise: 'The sandbox starts a process with restricted permissions and without network',
    tests: [
      [
        'sandbox/test/isolation/inside.test.ts',
        'is seen by the kernel to be filtered, without privileges and without capabilities',
      ],
      ['sandbox/test/hostile/cases/network.ts', 'connects to a port of the host'],
      ['sandbox/test/hostile/cases/reading-files.ts', 'reads the users of the machine in /etc/passwd'],
      [
        'testing/test/proven-isolation.test.ts',
        'is enforced in every aspect, and stands in health and audit trail with what was seen',
      ],
    ],
  },
  {
    promise: 'Host and sandboxed plugin talk over a bidirectional gRPC channel',
    tests: [
      ['sandbox/test/wire/grpc.test.ts', 'carries frames whole and in order'],
      ['testing/test/tier-streams.ts', 'answers what the plugin asks, one by one and in streams'],
    ],
  },
  {
    promise: 'Only calls that match declared capabilities are forwarded, in both directions',
    tests: [
      ['testing/test/host/resolve.test.ts', 'is refused when no plugin declares it, with the way out'],
      ['testing/test/tier-streams.ts', 'refuses a service that the manifest does not require'],
      ['sandbox/test/client/runner-session.test.ts', 'is not believed when it answers what nobody asked'],
    ],
  },
  {
    promise: 'Limits of processor and memory are enforced on the process',
    tests: [
      ['sandbox/test/isolation/limits.test.ts', 'end it when it takes more memory, and say that it was that'],
      ['sandbox/test/hostile/cases/busy.ts', 'is in busy loops in eight threads'],
    ],
  },
  {
    promise: 'When a plugin process crashes the plugin is Failed and the host unaffected',
    tests: [
      [
        'testing/test/sandbox-death.test.ts',
        'fails with the reason when it %s, and leaves the others at work',
      ],
      [
        'testing/test/killed-host.test.ts',
        'leaves no process behind, and what it left on disk goes at the next start',
      ],
    ],
  },
  {
    promise: 'The in-memory registry is an equivalent of the one in PostgreSQL',
    tests: [
      ['registry/test/in-memory-plugin-registry.test.ts', 'a registry in memory'],
      ['registry/test/postgres-plugin-registry.test.ts', 'a registry in PostgreSQL'],
    ],
  },
  {
    promise: 'The database has plugins, plugin_versions and plugin_capabilities, with the specified columns',
    tests: [['registry/test/migrations.test.ts', 'has the columns of the specification, under their names']],
  },
  {
    promise: 'Packages are hashed at registration and verified when they are loaded',
    tests: [
      [
        'testing/test/host/rescan.test.ts',
        'refuses a change under the same version, when there is a registry that knows it, and keeps what runs',
      ],
      ['host/test/admission/package-copy.test.ts', 'is what runs, whatever becomes of the original'],
    ],
  },
  {
    promise: 'Events of the lifecycle are audited with time and actor',
    tests: [
      [
        'testing/test/host/audit.test.ts',
        'tells the life of a plugin in order, with actor and host on every event',
      ],
    ],
  },
  {
    promise: 'Metrics have the specified names',
    tests: [
      ['host/test/observability/metrics.test.ts', 'have exactly the names of the specification'],
      ['host/test/observability/metrics.test.ts', 'count the restart of a sandbox that had ended'],
    ],
  },
  {
    promise: 'Log lines have pluginId, trustLevel, lifecycleState and capability',
    tests: [
      [
        'testing/test/host/log.test.ts',
        'has one line for each state of a plugin, with the fields that are documented',
      ],
    ],
  },
  {
    promise: 'Modules can ask whether a required plugin is active',
    tests: [
      ['testing/test/host/health.test.ts', 'is failed when a required plugin has died since'],
      ['registry/src/contract/sharing.ts', 'says of a plugin that is not active why not'],
    ],
  },
  {
    promise: 'Every component has an alternative in memory for tests',
    tests: [['testing/test/tier-contract.ts', 'answers a call']],
  },
];
