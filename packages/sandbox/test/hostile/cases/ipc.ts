import { anyNumber, type HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { text } from '../raw/raw-program.ts';

function ofSystemV(what: string, name: string): HostileCase {
  return {
    name: `opens ${what} of the host by its key`,
    attempt: ({ ipcKey }) => [call(name, BigInt(ipcKey))],
    denied: 'ENOENT',
    defences: ['ipc namespace'],
    succeeds: anyNumber,
  };
}

/** What processes share beside files. */
export const ipc: readonly HostileCase[] = [
  ofSystemV('shared memory', 'shmget'),
  ofSystemV('a message queue', 'msgget'),
  ofSystemV('a semaphore', 'semget'),
  {
    name: 'opens a message queue of the host by its name',
    attempt: ({ messageQueue }) => [call('mq_open', text(messageQueue))],
    denied: 'ENOENT',
    defences: ['ipc namespace'],
    succeeds: anyNumber,
  },
  {
    name: 'makes a message queue, which takes memory of the kernel',
    attempt: [call('mq_open', text('hostile'), 0o100n, 0o600n)],
    denied: 'EMFILE',
    defences: ['message queue limit'],
    succeeds: anyNumber,
  },
];
