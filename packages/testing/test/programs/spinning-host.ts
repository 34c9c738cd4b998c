/** A host whose plugin spins for ever, for a test that kills the host: prints the process of the sandbox once the call is on its way. */
import { startPluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { Acrobat } from '../plugins/acrobat.ts';

const [pluginPath = '', stateDirectory = ''] = process.argv.slice(2);
const host = await startPluginHost({
  sandbox: new ProcessSandbox(),
  pluginPaths: [pluginPath],
  stateDirectory,
  required: ['test.acrobat'],
});
await host.resolve(Acrobat).ping(null);
void host.resolve(Acrobat).die('spin');
console.log(
  host
    .plugins()
    .map(({ processId }) => processId)
    .join(' '),
);
