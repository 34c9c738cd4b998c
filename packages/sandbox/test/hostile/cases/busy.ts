import { readFileSync } from 'node:fs';
import { eventually } from '../../isolation/processes.ts';
import { findGroupsOf, readGroupCounter } from '../groups-of.ts';
import type { HostileCase, Watched } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { space, type RawCall } from '../raw/raw-program.ts';

const maxProcesses = 32;

/** Whether the kernel ever stopped it because its share of the processor was used up. */
async function watchThrottling({ standIn }: Watched): Promise<string> {
  await standIn.report();
  const groups = await findGroupsOf(standIn.process.pid);
  const throttled = await readGroupCounter(groups, 'cpu.stat', 'nr_throttled');
  return throttled === undefined ? 'not counted' : throttled > 0 ? 'throttled' : 'unhindered';
}

/** How many there are, once the kernel has refused one or there are too many. */
async function watchBomb({ standIn }: Watched): Promise<string> {
  await standIn.report();
  const groups = await findGroupsOf(standIn.process.pid);
  const count = async (): Promise<number> => (await readGroupCounter(groups, 'pids.current')) ?? 0;
  const refused = async (): Promise<number> => (await readGroupCounter(groups, 'pids.events', 'max')) ?? 0;
  await eventually(async () => (await refused()) > 0 || (await count()) > maxProcesses, 'the bomb went off');
  let highest = 0;
  for (let look = 0; look < 20; look += 1) highest = Math.max(highest, await count());
  return highest > maxProcesses ? 'more than it may' : 'held';
}

function bomb(name: string, endless: RawCall): HostileCase {
  return {
    name: `lights a bomb of ${name}`,
    programs: { bomb: { calls: [endless], isEndless: true } },
    attempt: `spawn(program('bomb'), { stdio: 'ignore' }); return 'lit'`,
    watch: watchBomb,
    denied: 'held',
    defences: ['process limit'],
    succeeds: 'more than it may',
    alone: { maxProcesses, cpuLimitCores: 0.5 },
  };
}

const burn = 'while (process.cpuUsage().user < 200_000);';

/** What uses up processors, processes and readers. */
export const busy: readonly HostileCase[] = [
  {
    name: 'is in a busy loop',
    attempt: `${burn} return 'burnt'`,
    watch: watchThrottling,
    denied: 'throttled',
    defences: ['processor limit'],
    succeeds: 'unhindered',
    alone: { cpuLimitCores: 0.1 },
  },
  {
    name: 'is in busy loops in eight threads',
    attempt: `const { Worker } = require('node:worker_threads');
      await Promise.all(Array.from({ length: 8 }, () => new Promise((resolve) =>
        new Worker(${JSON.stringify(burn)}, { eval: true }).on('exit', resolve))));
      return 'burnt'`,
    watch: watchThrottling,
    denied: 'throttled',
    defences: ['processor limit'],
    succeeds: 'unhindered',
    alone: { cpuLimitCores: 0.1 },
  },
  // SIGCHLD; and CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND and CLONE_THREAD (clone(2)).
  bomb('processes', call('clone', 17n)),
  bomb('threads', call('clone', 0x10f00n)),
  {
    name: 'starts one program after the other and ends none',
    programs: { sleeper: { calls: [call('ppoll')] } },
    attempt: `for (let count = 0; count <= ${maxProcesses}; count += 1) {
        const child = spawn(program('sleeper'), { stdio: 'ignore' });
        if (child.pid === undefined) return new Promise((_, reject) => child.on('error', reject));
      }
      return 'started'`,
    denied: 'EAGAIN',
    defences: ['process limit'],
    succeeds: 'started',
    alone: { maxProcesses },
  },
  {
    name: 'prints without end to a host that does not read',
    programs: { flood: { calls: [call('write', 1n, space(65_536), 65_536n)], isEndless: true } },
    attempt: `const { pid } = spawn(program('flood'), { stdio: ['ignore', 'inherit', 'ignore'] });
      const written = () => Number(/wchar: (\\d+)/.exec(fs.readFileSync('/proc/' + pid + '/io', 'utf8'))[1]);
      const isAsleep = () => /\\) S /.test(fs.readFileSync('/proc/' + pid + '/stat', 'utf8'));
      for (let quiet = 0, last = -1; quiet < 100; quiet += 1) {
        const now = written();
        if (now > 16 << 20) return 'taken';
        if (now !== last || now === 0 || !isAsleep()) quiet = 0;
        last = now;
        await pause();
      }
      return 'waits'`,
    denied: 'waits',
    defences: ['output that waits for its reader'],
    succeeds: 'taken',
    alone: {},
  },
  {
    name: 'leaves an image of its memory where it crashed',
    programs: { crash: { calls: [call('getpid'), call('kill', { resultOf: 0 }, 6n)] } },
    attempt: `spawnSync(program('crash'), { cwd: '/tmp' });
      return fs.readdirSync('/tmp').some((name) => name.startsWith('core')) ? 'left' : 'none'`,
    denied: 'none',
    defences: ['core file limit'],
    succeeds: 'left',
    alone: {},
    impossible: readFileSync('/proc/sys/kernel/core_pattern', 'utf8').startsWith('core')
      ? undefined
      : 'this machine has images of memory elsewhere',
  },
];
