/** Runs inside the virtual machine, as root: the tests of the sandbox as each user. What it prints are messages to the machine outside. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { sumResults } from '../../test-results.ts';
import type { Message } from '../test-report.ts';

/** How the tests are started as somebody: the command before Node. */
interface Tester {
  readonly as: string;
  readonly command: readonly string[];
}

/** Emulation is ten times slower, and often shares its processor. */
const patience = '--setenv=STELLA_TEST_PATIENCE=10';
const asUnit = ['systemd-run', '--quiet', '--pipe', '--wait', '--collect', '--same-dir', patience];
const testers: readonly Tester[] = [
  { as: 'root', command: asUnit },
  { as: 'ordinary user', command: [...asUnit, '--uid=ordinary', '--property=PAMName=login'] },
  { as: 'root, delegated', command: [...asUnit, '--property=Delegate=yes'] },
];

const root = '/srv/repository';
const folders = ['test/isolation/', 'test/hostile/'];

function tell(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function readVersion(program: string, pattern: RegExp, flag = '--version'): string {
  return pattern.exec(execFileSync(program, [flag], { encoding: 'utf8' }))?.[0] ?? 'unknown';
}

function tellFacts(): void {
  const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  tell({
    kind: 'facts',
    facts: [
      `Linux ${readVersion('uname', /\S+/, '-r')}`,
      readVersion('systemctl', /systemd \d+/),
      `cgroup v${isV2 ? 2 : 1}`,
      readVersion('bwrap', /bubblewrap [\d.]+/),
      `Node ${process.version}`,
    ],
  });
}

async function runTests({ as, command }: Tester, patterns: readonly string[]): Promise<void> {
  tell({ kind: 'progress', text: `\nAs ${as}` });
  const file = `/tmp/results-${as.replaceAll(/\W/g, '-')}.json`;
  const start = performance.now();
  const node = [process.execPath, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [`${root}/node_modules/jest/bin/jest.js`, '-c', `${root}/jest.config.js`, '--rootDir', '.'];
  const options = ['--maxWorkers=1', '--json', '--outputFile', file, ...patterns];
  const [program = '', ...rest] = [...command, ...node, ...jest, ...options];
  const tests = spawn(program, rest, {
    cwd: `${root}/packages/sandbox`,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const text of createInterface({ input: tests.stderr })) tell({ kind: 'progress', text });
  const { passed, failed, skipped } = sumResults([file]);
  const seconds = Math.round((performance.now() - start) / 1000);
  tell({ kind: 'result', as, passed, failed, skipped, seconds });
}

const { patterns } = JSON.parse(readFileSync(`${root}/request.json`, 'utf8')) as {
  readonly patterns: readonly string[];
};
tellFacts();
for (const tester of testers) await runTests(tester, patterns.length > 0 ? patterns : folders);
tell({ kind: 'end' });
