import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { dialHost } from '../wire/grpc-runner.ts';
import { PluginRunner } from './plugin-runner.ts';
import { checkIsolation } from './self-check.ts';

/** Where the sandbox shows the package and the socket of the host. */
const packageDirectory = '/plugin/';
const socketPath = '/run/host.sock';

// First: what the host does when it is dialled, it does during the check.
const connection = dialHost(socketPath);
const [token, observations] = await Promise.all([text(process.stdin), checkIsolation()]);
const runner = new PluginRunner(
  connection,
  (entry) => import(new URL(entry, pathToFileURL(packageDirectory)).href),
);
await runner.run(token.trim(), observations);
process.exit(0);
