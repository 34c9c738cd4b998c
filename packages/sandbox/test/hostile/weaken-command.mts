import { readFileSync } from 'node:fs';

/** What is changed of the command that starts a sandbox. */
export interface CommandChange {
  /** Each `find` must be there. A `*` stands for the rest of one argument, and in `by` for what that was. */
  readonly replace?: readonly Replacement[];
  /** What the host has in its environment and hands on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A file that the host has open and hands on. */
  readonly inherits?: string;
  /** The program is started without bubblewrap, and without the limits of prlimit(1). */
  readonly isWithoutBubblewrap?: boolean;
}

interface Replacement {
  readonly find: readonly string[];
  readonly by: readonly string[];
}

/** Changes the arguments of prlimit(1) and bubblewrap, with those from `--args` put in their place. */
function changeArguments(args: readonly string[], rest: readonly string[], change: CommandChange): string[] {
  const position = args.indexOf('--args');
  const whole = [...args.slice(0, position), ...rest, ...args.slice(position + 2)];
  return (change.replace ?? []).reduce(replaceAll, whole);
}

function replaceAll(args: string[], { find, by }: Replacement): string[] {
  for (let start = 0; start + find.length <= args.length; start += 1) {
    const stars: string[] = [];
    const isHere = find.every((wanted, index) => matches(wanted, args[start + index] ?? '', stars));
    if (isHere)
      return [
        ...args.slice(0, start),
        ...by.map((argument) => argument.replace('*', () => stars.shift() ?? '')),
        ...args.slice(start + find.length),
      ];
  }
  throw new Error(`there is no ${find.join(' ')} to take away in ${args.join(' ')}`);
}

function matches(wanted: string, argument: string, stars: string[]): boolean {
  if (!wanted.endsWith('*')) return wanted === argument;
  const prefix = wanted.slice(0, -1);
  if (!argument.startsWith(prefix)) return false;
  stars.push(argument.slice(prefix.length));
  return true;
}

/** The program without bubblewrap: as it is called on the host, in its package, and reported as bubblewrap would. */
function writeProgram(args: readonly string[]): string {
  const program = args.slice(args.indexOf('--') + 1);
  const sourceOf = (target: string): string => args[args.indexOf(target) - 1] ?? target;
  const command = program.map((argument) =>
    argument.startsWith('/runtime/') ? sourceOf(argument) : argument,
  );
  return [
    `cd ${quote(sourceOf('/plugin'))}`,
    `export STELLA_HOST_SOCKET=${quote(sourceOf('/run/host.sock'))}`,
    `echo "{ \\"child-pid\\": $$ }" >&4`,
    `exec ${command.map(quote).join(' ')} 3<&- 4>&- 5<&-`,
  ].join('\n');
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Stands where the launcher has prlimit(1), with its arguments, and prints what a shell is to do instead:
 * `weaken-command.mts CHANGE PRLIMIT ARGUMENT...`, the arguments for bubblewrap on standard input.
 */
function main([changeFile = '', prlimitFile = '', ...args]: readonly string[]): void {
  const change = JSON.parse(readFileSync(changeFile, 'utf8')) as CommandChange;
  const rest = readFileSync(0, 'utf8').split('\0').slice(0, -1);
  const changed = changeArguments(args, rest, change);
  const variables = Object.entries(change.environment ?? {}).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  const opened = change.inherits === undefined ? [] : [`exec 9< ${quote(change.inherits)}`];
  const started = change.isWithoutBubblewrap
    ? writeProgram(changed)
    : `exec ${[prlimitFile, ...changed].map(quote).join(' ')}`;
  process.stdout.write([...variables, ...opened, started].join('\n'));
}

if (import.meta.main) main(process.argv.slice(2));
