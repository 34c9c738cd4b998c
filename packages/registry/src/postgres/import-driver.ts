import { PluginError } from '@stellaops/plugin-abstractions';

/** Imports a package that only some users of the registry need. Rejects with `REGISTRY_UNAVAILABLE` where it is not installed. */
export async function importDriver<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const problem = `the package ${name} cannot be imported; install it with: npm install ${name}`;
    throw new PluginError('REGISTRY_UNAVAILABLE', { problem }, { cause });
  }
}
