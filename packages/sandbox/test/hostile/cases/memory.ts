import type { HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { space, text, workingDirectory, type RawCall } from '../raw/raw-program.ts';

/** Twice what it may have, which is half of what it gets when the limit is taken away. */
const [limitMiB, wantedMiB] = [96, 192];
const bytes = BigInt(wantedMiB / 2) << 20n;

function taking(name: string, attempt: string, more: Partial<HostileCase> = {}): HostileCase {
  return {
    name: `fills memory ${name}`,
    attempt,
    denied: 'memory limit',
    defences: ['memory limit'],
    succeeds: 'filled',
    alone: { memoryLimitMiB: limitMiB, temporarySpaceMiB: 4 * wantedMiB },
    ...more,
  };
}

/** Pairs of sockets, both ends full and nobody to read them. Descriptors are given out in order, from 3. */
const pairCount = 100;
const content = space(64 * 1024);
const fullSockets: readonly RawCall[] = Array.from({ length: pairCount }, (_, index) => {
  const ends = [3n + 2n * BigInt(index), 4n + 2n * BigInt(index)];
  const write = (end: bigint): RawCall => call('write', end, content, BigInt(content.length));
  // AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK
  return [
    call('socketpair', 1n, 0o4001n, 0n, space(8)),
    ...ends.flatMap((end) => [write(end), write(end), write(end)]),
  ];
}).flat();

/** Every place where memory can be had. */
export const memory: readonly HostileCase[] = [
  taking(
    'on the heap',
    `const hoard = []; while (hoard.length < ${wantedMiB}) hoard.push(new Array(1 << 17).fill(1.5)); return 'filled'`,
    {
      denied: 'SIGABRT',
      defences: ['heap limit', 'memory limit'],
      heldBy: { 'memory limit': 'memory limit' },
    },
  ),
  taking(
    'beside the heap',
    `const hoard = []; while (hoard.length < ${wantedMiB}) hoard.push(Buffer.alloc(1 << 20, 1)); return 'filled'`,
  ),
  taking(
    'with temporary files',
    `for (let file = 0; file < ${wantedMiB / 4}; file += 1) fs.writeFileSync('/tmp/' + file, Buffer.alloc(4 << 20, 1)); return 'filled'`,
  ),
  taking(
    'with empty files, which take no space but their names',
    `for (let file = 0; file < 150_000; file += 1) fs.closeSync(fs.openSync('/tmp/' + file, 'w')); return 'filled'`,
  ),
  taking(
    'with a child',
    `const hoarder = 'const hoard = []; while (hoard.length < ${wantedMiB}) hoard.push(Buffer.alloc(1 << 20, 1))';
     return spawnSync('/runtime/node', ['-e', hoarder]).status === 0 ? 'filled' : 'refused'`,
  ),
  taking('with files that have no name', `return run(program('files')) === 0 ? 'filled' : 'refused'`, {
    programs: {
      files: {
        calls: [0, 2].flatMap((index) => [
          call('memfd_create', text('hoard')),
          call('fallocate', { resultOf: index }, 0n, 0n, bytes),
        ]),
      },
    },
  }),
  taking('that processes share', `return run(program('share')) === ${bytes} ? 'filled' : 'refused'`, {
    programs: {
      share: {
        calls: [
          call('openat', workingDirectory, text('/dev/zero')),
          call('shmget', 0n, 2n * bytes, 0o1600n),
          call('shmat', { resultOf: 1 }),
          call('read', { resultOf: 0 }, { resultOf: 2 }, bytes),
          call('shmget', 0n, 2n * bytes, 0o1600n),
          call('shmat', { resultOf: 4 }),
          call('read', { resultOf: 0 }, { resultOf: 5 }, bytes),
        ],
      },
    },
  }),
  taking(
    'of the kernel, in sockets that nobody reads',
    `const fill = () => new Promise((resolve) => {
        let written = 0;
        spawn(program('sockets'), { stdio: ['ignore', 'pipe', 'ignore'] })
          .on('exit', () => resolve('refused'))
          .stdout.on('data', (chunk) => { written += chunk.length; if (written >= ${8 * fullSockets.length}) resolve('filled'); });
      });
      return (await Promise.all(Array.from({ length: 5 }, fill))).includes('refused') ? 'refused' : 'filled'`,
    { programs: { sockets: { calls: [...fullSockets, call('ppoll')] } } },
  ),
  {
    name: 'writes more temporary files than there is space',
    attempt: `try { fs.writeFileSync('/tmp/large', Buffer.alloc(33 << 20)); return 'written' } finally { fs.rmSync('/tmp/large') }`,
    denied: 'ENOSPC',
    defences: ['temporary space limit'],
    succeeds: 'written',
  },
  {
    name: 'writes a file that is too large',
    attempt: `fs.writeFileSync('/tmp/large', Buffer.alloc(2 << 20)); return 'written'`,
    denied: 'EFBIG',
    defences: ['file size limit'],
    succeeds: 'written',
    alone: { fileSizeLimitMiB: 1 },
  },
  {
    name: 'locks memory so that none of it is ever swapped',
    attempt: [call('mlock', space(128 * 1024), 128n * 1024n)],
    denied: 'ENOMEM',
    defences: ['locked memory limit'],
    succeeds: 0,
  },
  {
    name: 'opens files without end',
    attempt: `const open = [];
      try { while (open.length < 400) open.push(fs.openSync('/dev/null')); return 'opened' } finally { open.forEach((fd) => fs.closeSync(fd)) }`,
    denied: 'EMFILE',
    defences: ['open files limit'],
    succeeds: 'opened',
  },
];
