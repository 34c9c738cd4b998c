import { PluginError } from '@stellaops/plugin-abstractions';
import type { CompleteOptions } from '../host-options.ts';
import { cycleThrough, type Dependencies } from './dependency-order.ts';
import type { AdmittedPlugin } from './hosted-plugin.ts';
import { requiredProviders } from './required-providers.ts';

/** Which of these plugins each of them may call, by id: it starts after those and stops before them. */
export function dependenciesOf(
  plugins: readonly AdmittedPlugin[],
  { services, settingsOf }: CompleteOptions,
): Dependencies {
  const manifests = plugins.map(({ manifest }) => manifest);
  return new Map(
    manifests.map((manifest) => {
      const { grants } = settingsOf(manifest.id);
      const isAlone = grants.length === 0 || manifest.requires === undefined;
      return [manifest.id, isAlone ? [] : requiredProviders({ manifest, grants }, manifests, services)];
    }),
  );
}

/** Why a plugin cannot be given an order among those that it may call, with the circle named; `undefined` when it can. */
export function circleProblem(pluginId: string, dependencies: Dependencies): PluginError | undefined {
  const circle = cycleThrough(pluginId, dependencies);
  if (!circle) return undefined;
  const names = circle.join(' -> ');
  return new PluginError('CAPABILITY_DENIED', {
    pluginId,
    capability: `what ${circle[1]} provides`,
    problem: `they require each other in a circle, so that none can start first: ${names}. Take back one of the grants`,
  });
}
