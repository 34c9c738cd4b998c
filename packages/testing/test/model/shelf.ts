import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPluginPackage } from '../../src/index.ts';
import { bundlePlugin } from '../plugins/bundle-plugin.ts';
import { Puppet, Stage } from './plugins/puppet.ts';

/** A folder with packages of puppets, as an operator fills it. Disposing removes it. */
export class Shelf implements AsyncDisposable {
  /** A plugin path for hosts. */
  readonly path: string;
  readonly #root: string;
  readonly #entry: string;
  #made = 0;

  /** `entry` is what the packages run; missing for a sandbox that does not look. */
  static async make(entry = '// nothing'): Promise<Shelf> {
    const root = await mkdtemp(join(tmpdir(), 'stella-puppets-'));
    await mkdir(join(root, 'shelf'));
    return new Shelf(root, entry);
  }

  private constructor(root: string, entry: string) {
    this.#root = root;
    this.path = join(root, 'shelf');
    this.#entry = entry;
  }

  /** Puts a version of a plugin in the place of the one that lies there; whoever looks meanwhile sees one of them, or none. */
  async put(pluginId: string, version: string, privateKey?: string): Promise<void> {
    const directory = join(this.#root, `made-${++this.#made}`);
    await mkdir(directory);
    await createPluginPackage({
      directory,
      manifest: { id: pluginId, version, provides: [Puppet], requires: [Stage] },
      files: { 'dist/plugin.js': this.#entry },
      ...(privateKey !== undefined && { privateKey }),
    });
    await this.remove(pluginId);
    await rename(directory, join(this.path, pluginId));
  }

  /** Takes a plugin away. */
  async remove(pluginId: string): Promise<void> {
    const removed = join(this.#root, `removed-${++this.#made}`);
    await rename(join(this.path, pluginId), removed).catch(() => undefined); // there may be none
    await rm(removed, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** The source of a package that runs a puppet. */
export function puppetEntry(): Promise<string> {
  return bundlePlugin('../model/plugins/puppet-plugin.ts');
}
