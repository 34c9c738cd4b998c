/** `pnpm start`: set-up, the bundles, then the sample release-gate with the arguments passed on. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setUp } from './set-up.ts';
import { runTurbo } from './turbo.ts';

if (!setUp() || runTurbo(['run', 'bundle'], { quiet: true }) !== 0) process.exit(1);

// A path among the arguments is meant from where the user typed it; pnpm runs this in the root of the repository.
const main = resolve('samples/release-gate/src/main.ts');
const cwd = process.env['INIT_CWD'] ?? process.cwd();
const sample = spawn(process.execPath, [main, ...process.argv.slice(2)], { cwd, stdio: 'inherit' });
process.on('SIGTERM', () => sample.kill());
process.on('SIGINT', () => undefined); // Ctrl-C reaches the sample by itself: this waits for its end
sample.once('exit', (code, signal) => {
  if (signal !== null) console.error(`release-gate was ended by ${signal}`);
  process.exitCode = code ?? 1;
});
