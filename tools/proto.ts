/** `pnpm proto`: lints the wire's schema, compares it with the last release, and checks that the generated code is its own. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';

const generated = 'packages/sandbox/src/wire/gen';

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(1);
}

function snapshot(): ReadonlyMap<string, string> {
  const files = globSync(`${generated}/**`).filter((file) => statSync(file).isFile());
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

run('buf', 'lint');

// A shallow clone or a repository without a release has nothing to compare with.
const tag = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', '@stellaops/plugin-sandbox@*'], {
  encoding: 'utf8',
});
if (tag.status === 0) run('buf', 'breaking', '--against', `.git#tag=${tag.stdout.trim()}`);

const before = snapshot();
run('buf', 'generate');
const after = snapshot();
const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
  (file) => before.get(file) !== after.get(file),
);
if (changed.length > 0) {
  console.error(`The generated code was not what the schema says, and now is: look at it and commit it.`);
  for (const file of changed) console.error(`  ${file}`);
  process.exit(1);
}
