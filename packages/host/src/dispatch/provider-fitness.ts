import type { Capability, CapabilityDeclaration, Static, TSchema } from '@stellaops/plugin-abstractions';
import { schemaProblem } from '@stellaops/plugin-abstractions/hosting';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';

/** Which of several providers is meant. */
export interface ProviderQuery<Parameters extends TSchema = TSchema> {
  readonly pluginId?: string | undefined;
  /** Whether the parameters that a manifest says beside the capability are what the caller needs; they fit the contract. */
  readonly where?: ((parameters: Static<Parameters>) => boolean) | undefined;
}

/** What plugins declare, held against contracts: checked once for a plugin and a contract, for neither changes. */
export class ProviderFitness {
  readonly #problems = new WeakMap<HostedPlugin, Map<Capability, string | undefined>>();

  /** Why a plugin cannot serve a capability, whatever its state; `undefined` when it can. */
  problem(plugin: HostedPlugin, capability: Capability): string | undefined {
    let known = this.#problems.get(plugin);
    if (!known) this.#problems.set(plugin, (known = new Map<Capability, string | undefined>()));
    if (!known.has(capability)) known.set(capability, unfit(plugin, capability));
    return known.get(capability);
  }

  /** The same, or why it is not one of those that the caller asks for. */
  mismatch(plugin: HostedPlugin, capability: Capability, { where }: ProviderQuery): string | undefined {
    const problem = this.problem(plugin, capability);
    if (problem !== undefined || !where) return problem;
    const parameters: unknown = declarationOf(plugin, capability)?.parameters ?? {};
    return where(parameters) ? undefined : `${plugin.id} declares other parameters than those asked for`;
  }
}

/** What the manifest of a plugin says of a capability; `undefined` when it does not provide it. */
export function declarationOf(
  plugin: HostedPlugin,
  { id, version }: Capability,
): CapabilityDeclaration | undefined {
  return plugin.descriptor.capabilities.provides.find(
    (declared) => declared.id === id && declared.version === version,
  );
}

function unfit(plugin: HostedPlugin, capability: Capability): string | undefined {
  const declaration = declarationOf(plugin, capability);
  if (!declaration) return `${plugin.id} does not declare it`;
  const problem = capability.parameters && schemaProblem(capability.parameters, declaration.parameters ?? {});
  return problem === undefined
    ? undefined
    : `the parameters that ${plugin.id} declares are wrong: ${problem}`;
}
