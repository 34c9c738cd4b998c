import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { dialHost } from '../wire/grpc-runner.ts';
import { compileModule, useCompiledCode } from './compiled-code.ts';
import { PluginRunner } from './plugin-runner.ts';
import { rehearse } from './rehearsal.ts';
import { checkIsolation } from './self-check.ts';

/** Where the sandbox shows the package and the socket of the host. */
const packageDirectory = '/plugin/';
const socketPath = '/run/host.sock';
/** The descriptor on which the host hands the token over (stdin(3)). */
const standardInput = 0;

/** What a host says that starts a runner before it has a plugin for it. */
const ahead = 'ahead';

void main();

async function main(): Promise<never> {
  // Whoever is told that this runner has dialled has one that is ready.
  if (process.argv.includes(ahead)) await rehearse();
  // Before the check: what the host does when it is dialled, it does during the check.
  const connection = dialHost(socketPath);
  // Not by `process.stdin`, whose reading cannot wait.
  const token = readFileSync(standardInput, 'utf8');
  const observations = await checkIsolation();
  const urlOf = (entry: string): URL => new URL(entry, pathToFileURL(packageDirectory));
  const importEntry = (entry: string): Promise<unknown> => {
    useCompiledCode();
    return import(urlOf(entry).href);
  };
  const runner = new PluginRunner(connection, importEntry, (entry) => compileModule(urlOf(entry)));
  await runner.run(token.trim(), observations);
  process.exit(0);
}
