import { startTestHost, testManifest, trustLevels } from '../src/index.ts';
import { Journal, Oracle, Workbench } from './plugins/workbench.ts';
import { plugin } from './plugins/workbench-plugin.ts';
import { describeTier } from './tier-contract.ts';
import { workbenchId } from './workbench-host.ts';

const manifest = testManifest({ id: workbenchId, provides: [Workbench], requires: [Journal, Oracle] });

for (const trustLevel of trustLevels) {
  describeTier(`a plugin in the test host, ${trustLevel}`, (options) =>
    startTestHost({ ...options, plugins: [{ manifest, plugin }], trustLevel }),
  );
}
