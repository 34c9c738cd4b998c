import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import {
  parseHardLimits,
  prlimitArguments,
  standInArguments,
} from '../../src/isolation/machine/resource-limits.ts';

const table = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max core file size        0                    0                    bytes
Max open files            1024                 524288               files
`;

describe('the resource limits of a sandbox', () => {
  it('are those of the plugin, hard and soft alike', () => {
    expect(prlimitArguments(defaultSandboxLimits, new Map())).toEqual([
      '--core=1:1',
      '--nofile=256:256',
      '--memlock=65536:65536',
      '--fsize=134217728:134217728',
      '--msgqueue=0:0',
      '--rtprio=0:0',
      '--nice=0:0',
    ]);
  });

  it('stay below the hard limits of the host, which an ordinary user cannot raise', () => {
    const limits = prlimitArguments(
      { ...defaultSandboxLimits, maxOpenFiles: 1_000_000 },
      parseHardLimits(table),
    );
    expect(limits).toContain('--core=0:0');
    expect(limits).toContain('--nofile=524288:524288');
  });

  it('stand in for a control group by the count of processes, and by the memory of each one beside what Node needs', () => {
    expect(standInArguments(defaultSandboxLimits, new Map())).toEqual([
      '--nproc=64:64',
      '--data=876609536:876609536',
    ]);
  });
});
