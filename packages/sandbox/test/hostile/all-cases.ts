import { busy } from './cases/busy.ts';
import { everyDeniedCall } from './cases/denied-system-calls.ts';
import { environment } from './cases/environment.ts';
import { filteredArguments } from './cases/filtered-arguments.ts';
import { ipc } from './cases/ipc.ts';
import { kernelFiles } from './cases/kernel-files.ts';
import { memory } from './cases/memory.ts';
import { network } from './cases/network.ts';
import { privileges } from './cases/privileges.ts';
import { processes } from './cases/processes.ts';
import { readingFiles } from './cases/reading-files.ts';
import { staying } from './cases/staying.ts';
import { writingFiles } from './cases/writing-files.ts';
import type { HostileCase } from './hostile-case.ts';

/** Every hostile plugin against the operating system's part of the sandbox. */
export const allCases: readonly HostileCase[] = [
  ...readingFiles,
  ...writingFiles,
  ...environment,
  ...processes,
  ...network,
  ...everyDeniedCall,
  ...filteredArguments,
  ...privileges,
  ...kernelFiles,
  ...ipc,
  ...memory,
  ...busy,
  ...staying,
];
