import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOnPath } from '../../bubblewrap.ts';
import { run } from '../../run.ts';

/** Where Debian puts the sources of Go's libraries. */
const libraries = '/usr/share/gocode';
const source = join(import.meta.dirname, '../peers/go-plugin');

/** How to get what the peer is built of; `undefined` when all of it is there. */
export function goPluginMissing(): string | undefined {
  const packages = ['github.com/hashicorp/go-plugin', 'google.golang.org/grpc'];
  const isThere = packages.every((name) => existsSync(join(libraries, 'src', name)));
  if (isOnPath('go') && isThere) return undefined;
  return 'apt-get install golang-go golang-github-hashicorp-go-plugin-dev golang-google-grpc-dev';
}

/** Builds the peer from what is on this machine. Disposing removes it. */
export async function buildGoPlugin(): Promise<AsyncDisposable & { readonly program: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'stella-bench-go-'));
  const program = join(folder, 'go-plugin');
  const environment = ['GO111MODULE=off', `GOPATH=${libraries}`, 'GOFLAGS='];
  await run('env', [...environment, 'go', 'build', '-o', program, '.'], source);
  return { program, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
