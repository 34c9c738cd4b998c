import { Bytes, defineCapability, definePlugin, implement, Type } from '../../../packages/sdk/src/index.ts';
import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';

/** Runs what the proofs ask for, inside the sandbox. */
export const Commander = defineCapability({
  id: 'Commander',
  version: 1,
  methods: {
    ping: { request: Type.Null(), response: Type.Null() },
    /** Puts a program into `/tmp`, where it may be run. */
    store: { request: Type.Object({ name: Type.String(), program: Bytes() }), response: Type.Null() },
    /** Runs a command to its end. */
    run: {
      request: Type.Array(Type.String()),
      response: Type.Object({ ending: Type.String(), output: Type.String() }),
    },
  },
});

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Commander, {
        ping: async () => null,
        store: async ({ name, program }) => {
          writeFileSync(`/tmp/${name}`, program);
          chmodSync(`/tmp/${name}`, 0o755);
          return null;
        },
        run: ([file = '', ...args]) => run(file, args),
      }),
    ],
  }),
});

async function run(file: string, args: readonly string[]): Promise<{ ending: string; output: string }> {
  let output = '';
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = `${output}${String(chunk)}`.slice(-10_000)));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ending: error.message, output }));
    child.once('close', (code, signal) => resolve({ ending: signal ?? `code ${code}`, output }));
  });
}
