import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { startPluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { build } from 'esbuild';
import { createPluginPackage, recordingLogger } from '../src/index.ts';
import { Stumbler } from './plugins/stumbler.ts';

const source = new URL('./plugins/stumbler.ts', import.meta.url);
/** Where the error is made, in the source; the bundle has it on another line. */
const place = /stumbleOverTheStep \(.*stumbler\.ts:29:9\)/;

/** The files of the package, as an author's build makes them. */
async function bundle(sourcemap: 'inline' | 'linked' | false): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(source)],
    outfile: 'dist/plugin.js',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minifyWhitespace: true,
    write: false,
    sourcemap,
  });
  return Object.fromEntries(
    outputFiles.map(({ path, text }) => [
      `dist/${path.endsWith('.map') ? 'plugin.js.map' : 'plugin.js'}`,
      text,
    ]),
  );
}

async function stumble(files: Record<string, string>): Promise<{ stack: string; logged: string }> {
  const manifest = { id: 'test.stumbler', provides: [Stumbler] };
  await using made = await createPluginPackage({ manifest, files });
  const logger = recordingLogger();
  await using host = await startPluginHost({
    sandbox: new ProcessSandbox(),
    pluginPaths: [made.directory],
    required: ['test.stumbler'],
    logger,
  });
  const error: unknown = await host
    .resolve(Stumbler)
    .stumble(null)
    .catch((thrown: unknown) => thrown);
  const { cause } = error as Error;
  const line = logger.lines.find(({ message }) => message === 'stumbled');
  return { stack: (cause as Error).stack ?? '', logged: JSON.stringify(line) };
}

describe('the stack of a plugin in a sandbox', () => {
  it.each(['inline', 'linked'] as const)(
    'tells the lines of its source, in the cause and in its log, with a source map that is %s',
    async (sourcemap) => {
      const { stack, logged } = await stumble(await bundle(sourcemap));
      expect(stack).toMatch(place);
      expect(logged).toMatch(place);
    },
  );

  it('tells the lines of its bundle where there is no source map, or one outside of the package', async () => {
    const plain = await bundle(false);
    expect((await stumble(plain)).stack).toMatch(/stumbleOverTheStep \(.*\/plugin\/dist\/plugin\.js:/);
    const outside = `${plain['dist/plugin.js']}\n//# sourceMappingURL=file:///etc/passwd\n`;
    const { stack } = await stumble({ 'dist/plugin.js': outside });
    expect(stack).toMatch(/stumbleOverTheStep \(.*\/plugin\/dist\/plugin\.js:/);
  });
});
