import { chmod, copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BubblewrapLauncher,
  type BubblewrapLauncherParts,
} from '../../src/isolation/start/bubblewrap-launcher.ts';
import type { Isolation } from '../../src/isolation/isolation.ts';
import { isReadableBy, shareFile } from '../../src/isolation/files/readable-files.ts';
import { findWeakening, type DefenceName } from './defences.ts';
import type { Scene } from './scene.ts';
import type { CommandChange } from './weaken-command.mts';

/** The isolation of plugins without some of its defences. The launcher is the real one; what it works with is changed. */
export async function weakenIsolation(
  parts: BubblewrapLauncherParts,
  removed: readonly DefenceName[],
  scene: Scene,
): Promise<Isolation> {
  const launcher = new BubblewrapLauncher(await weakenParts(parts, removed, scene));
  return {
    probe: () => Promise.resolve(undefined),
    launch: (request) => launcher.launch(request),
  };
}

/**
 * What the launcher works with, changed; where it starts prlimit(1) and bubblewrap stands a program that takes out of their
 * arguments what is to be missing.
 */
export async function weakenParts(
  parts: BubblewrapLauncherParts,
  removed: readonly DefenceName[],
  scene: Pick<Scene, 'directory'>,
): Promise<BubblewrapLauncherParts> {
  const weakenings = removed.map(findWeakening);
  const changes = weakenings.flatMap(({ command }) => (command === undefined ? [] : [command]));
  const weakened = weakenings.reduce((left, weakening) => weakening.parts?.(left) ?? left, parts);
  return changes.length === 0 ? weakened : changeCommand(weakened, combine(changes), scene);
}

/** Who has no rights of its own anywhere. */
const anybody = { uid: 65_534, gid: 65_534 };

function combine(changes: readonly CommandChange[]): CommandChange {
  return Object.assign({}, ...changes, { replace: changes.flatMap(({ replace }) => replace ?? []) });
}

/** Puts the program that changes arguments where prlimit(1) was. Every user that plugins run as can read and start it. */
async function changeCommand(
  parts: BubblewrapLauncherParts,
  change: CommandChange,
  { directory }: Pick<Scene, 'directory'>,
): Promise<BubblewrapLauncherParts> {
  const { tools } = parts;
  const folder = await mkdtemp(join(directory, 'commands/change-'));
  const inside = (name: string): string => join(folder, name);
  const isShared = await isReadableBy(process.execPath, anybody);
  const node = isShared ? process.execPath : await shareFile(process.execPath, directory);
  await copyFile(join(import.meta.dirname, 'weaken-command.mts'), inside('weaken-command.mts'));
  await writeFile(inside('change.json'), JSON.stringify(change).replaceAll('SCENE', directory));
  const words = [node, inside('weaken-command.mts'), inside('change.json'), tools.prlimit.file];
  const command = words.map((word) => `'${word}'`).join(' ');
  await writeFile(inside('prlimit'), `#!/bin/sh\neval "$(${command} "$@" <&5 3<&- 4>&-)"\n`);
  for (const name of ['.', 'prlimit', 'weaken-command.mts', 'change.json']) await chmod(inside(name), 0o755);
  return { ...parts, tools: { ...tools, prlimit: { ...tools.prlimit, file: inside('prlimit') } } };
}
