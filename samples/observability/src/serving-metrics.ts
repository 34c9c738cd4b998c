import { metrics } from '@opentelemetry/api';
import type { PluginHost } from '@stellaops/plugin-host';
import { servingOf, wholeHost } from './serving.ts';

/** What an application can tell of a host beside the host's own metrics: who takes calls, and whether the registry answers. */
export function observeServing(host: PluginHost): void {
  const meter = metrics.getMeter('observability-sample');
  const hostServing = meter.createObservableGauge('plugin_host_serving', {
    description: '1 while every required plugin is active',
  });
  const pluginServing = meter.createObservableGauge('plugin_serving', {
    description: '1 while the plugin takes calls',
  });
  const registryAway = meter.createObservableGauge('plugin_registry_away', {
    description: '1 while the registry does not answer',
  });
  meter.addBatchObservableCallback(
    (result) => {
      const health = host.health();
      for (const [id, isServing] of servingOf(health))
        if (id === wholeHost) result.observe(hostServing, Number(isServing));
        else result.observe(pluginServing, Number(isServing), { plugin_id: id });
      if (health.registry) result.observe(registryAway, Number(health.registry.away !== undefined));
    },
    [hostServing, pluginServing, registryAway],
  );
}
