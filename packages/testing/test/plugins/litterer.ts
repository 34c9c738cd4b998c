import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

/** Leaves processes behind. */
export const Litterer = defineCapability({
  id: 'Litterer',
  version: 1,
  methods: {
    /** Starts a daemon, and says whether it runs. */
    leave: { request: Type.Null(), response: Type.Boolean() },
    exit: { request: Type.Null(), response: Type.Null() },
  },
});

/** A grandchild that is nobody's child any more, in a session of its own, deaf to every signal that can be ignored. */
const daemon = `
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
setInterval(() => undefined, 1000);
`;
const parent = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', ${JSON.stringify(daemon)}], { detached: true, stdio: 'ignore' });
process.stdout.write(String(child.pid), () => process.exit());
`;

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Litterer, {
        leave: async () => {
          const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'ignore'] });
          const [daemonId] = (await once(child.stdout, 'data')) as [Buffer];
          await once(child, 'exit');
          return process.kill(Number(daemonId), 0);
        },
        exit: async () => process.exit(7),
      }),
    ],
  }),
});
