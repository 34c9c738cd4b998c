import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import type { IsolationRequest } from '../isolation.ts';
import type { PluginIdentity } from './plugin-identity.ts';
import { isReadableBy, shareDirectory, shareFile } from './readable-files.ts';

/** The files of a sandbox, where its user can read them. */
export interface SandboxFiles {
  readonly nodeFile: string;
  readonly runnerFile: string;
  readonly packageDirectory: string;
}

/**
 * Gives a plugin's user its socket, and ways to what it has to read: bubblewrap runs as that user already when it binds them.
 * What stands below a folder that the user may not enter is linked or copied, Node and the runner once for all instances.
 */
export async function grantAccess(
  identity: PluginIdentity,
  request: IsolationRequest,
  nodeFile: string,
): Promise<SandboxFiles> {
  const { scratchDirectory, socketPath, runtimeDirectory } = request;
  await Promise.all([
    openFolder(scratchDirectory, identity),
    chown(socketPath, identity.uid, identity.gid).then(() => chmod(socketPath, 0o600)),
  ]);
  const share = async (source: string): Promise<string> => {
    if (await isReadableBy(source, identity)) return source;
    await mkdir(runtimeDirectory, { recursive: true });
    await chmod(runtimeDirectory, (await stat(runtimeDirectory)).mode | 0o111);
    return shareFile(source, runtimeDirectory);
  };
  const [node, runner, packageDirectory] = await Promise.all([
    share(nodeFile),
    share(request.runnerFile),
    isReadableBy(request.packageDirectory, identity).then((isReadable) =>
      isReadable
        ? request.packageDirectory
        : shareDirectory(request.packageDirectory, join(scratchDirectory, 'package')),
    ),
  ]);
  await Promise.all(
    [socketPath, node, runner, packageDirectory].map((path) => requireReadable(path, identity)),
  );
  return { nodeFile: node, runnerFile: runner, packageDirectory };
}

/** Others may not enter, and the plugin's own group may pass through without seeing what is there. */
async function openFolder(folder: string, { gid }: PluginIdentity): Promise<void> {
  await chown(folder, process.getuid?.() ?? 0, gid);
  await chmod(folder, 0o710);
}

async function requireReadable(path: string, identity: PluginIdentity): Promise<void> {
  if (await isReadableBy(path, identity)) return;
  throw new PluginError('SANDBOX_UNSUPPORTED', {
    problem: `plugins run as users of their own, and user ${identity.uid} may not pass through every folder above ${path}`,
    fix: 'Let every user pass through them (chmod o+x), or choose a state directory for which that holds, such as one under /var/lib.',
  });
}
