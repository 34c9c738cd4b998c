import { build } from 'esbuild';

/** What the runner tries, as a file of a package, and a script that reports what came of it. */
export async function makeSelfCheck(): Promise<{
  readonly files: Readonly<Record<string, string>>;
  readonly script: string;
}> {
  const { outputFiles } = await build({
    entryPoints: [new URL('../../../src/runner/self-check.ts', import.meta.url).pathname],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return {
    files: { 'self-check.cjs': outputFiles[0]?.text ?? '' },
    script: `await report(await require('/plugin/self-check.cjs').checkIsolation()); await new Promise(() => setInterval(() => {}, 1e6));`,
  };
}
