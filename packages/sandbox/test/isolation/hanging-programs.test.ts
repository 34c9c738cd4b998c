import { describe, expect, it } from '@jest/globals';
import { tryNamespaces } from '../../src/doctor/try-namespaces.ts';
import { askToAttach } from '../../src/isolation/cgroups/ask-to-attach.ts';
import { NoControlGroups } from '../../src/isolation/cgroups/no-control-groups.ts';
import { ProcessGroupWatch } from '../../src/isolation/cgroups/process-group-watch.ts';
import { SystemdScope } from '../../src/isolation/cgroups/systemd-scope.ts';
import { isDelegated } from '../../src/isolation/cgroups/systemd-unit.ts';
import {
  detectBubblewrapFeatures,
  readBubblewrapVersion,
} from '../../src/isolation/machine/bubblewrap-features.ts';
import { findSharedLibraries } from '../../src/isolation/machine/shared-libraries.ts';
import { spawnLimited } from '../../src/isolation/start/spawn-limited.ts';
import { kill, makeHangingProgram, type HangingProgram } from './hanging-program.ts';
import { eventually, findChildren, findProcessesNaming } from './processes.ts';
import { isRoot } from './stand-in.ts';

const timeoutMs = 50;
const manager = isRoot ? 'system' : 'user';

const nothingLeft = (program: HangingProgram): Promise<void> =>
  eventually(async () => (await program.processes()).length === 0, 'it is killed');

describe('a program that never ends', () => {
  it('is killed when it is bubblewrap that is asked for its options, and named', async () => {
    await using program = await makeHangingProgram('bwrap');
    expect(await detectBubblewrapFeatures(program.file, { timeoutMs })).toEqual({
      problem: `${program.file} does not run: ${program.file} --help did not end within 0.05 s, and was killed`,
      fix: expect.any(String),
    });
    await nothingLeft(program);
  });

  it('is killed when it is bubblewrap that is asked for its version, which is then unknown', async () => {
    await using program = await makeHangingProgram('bwrap');
    expect(await readBubblewrapVersion(program.file, { timeoutMs })).toBe('bubblewrap of unknown version');
    await nothingLeft(program);
  });

  it('is killed when it is bubblewrap that the doctor tries namespaces with, and named', async () => {
    await using program = await makeHangingProgram('bwrap');
    expect(await tryNamespaces(program.file, { timeoutMs })).toMatchObject([
      {
        name: 'user namespaces',
        state: 'missing',
        found: expect.stringContaining('did not end within 0.05 s'),
      },
      { name: '/proc', state: 'unknown' },
    ]);
    await nothingLeft(program);
  });

  it('is killed when it is ldd, and named', async () => {
    await using program = await makeHangingProgram('ldd');
    await expect(findSharedLibraries(program.file, process.execPath, timeoutMs)).rejects.toThrow(
      `${program.file} ${process.execPath} did not end within 0.05 s`,
    );
    await nothingLeft(program);
  });

  it('is killed when it is systemctl, and named', async () => {
    await using program = await makeHangingProgram('systemctl');
    const unit = { name: 'scanner.service', manager, folder: '/' } as const;
    await withPath(program, () => expect(isDelegated(unit, '/', timeoutMs)).rejects.toThrow('systemctl --'));
    await nothingLeft(program);
  });

  it('is killed when it is busctl, and named', async () => {
    await using program = await makeHangingProgram('busctl');
    const attachment = { manager, scope: 'a.scope', pid: process.pid, subgroup: '/plugin' } as const;
    await withPath(program, () => expect(askToAttach(attachment, timeoutMs)).rejects.toThrow('busctl --'));
    await nothingLeft(program);
  });

  it('is killed when it is systemd-run that makes no scope', async () => {
    await using program = await makeHangingProgram('systemd-run');
    await withPath(program, () =>
      expect(SystemdScope.start(manager, timeoutMs)).rejects.toThrow('systemd made no scope within 0.05 s'),
    );
    await nothingLeft(program);
  });

  it('is killed when it is bubblewrap that reports no process, and whoever keeps its output is not waited for', async () => {
    await using program = await makeHangingProgram('bwrap', 'setsid "$0" hold &');
    const groups = await NoControlGroups.open();
    const group = await groups.create();
    const launched = spawnLimited({
      command: [program.file],
      rest: [],
      identity: undefined,
      group,
      seccompFilter: Buffer.alloc(0),
      token: '',
      timeoutMs: 1_000,
    });
    await expect(launched).rejects.toThrow('bubblewrap did not report the process inside within 1 s');
    expect((await program.processes()).length).toBeLessThanOrEqual(1);
  });
});

describe('the process that ends sandboxes after the host', () => {
  it('is given up when it is stopped and does not read, so that a launch fails instead of waiting', async () => {
    const others = await findWatches();
    const watch = await ProcessGroupWatch.start(`s${'x'.repeat(4_000_000)}`, timeoutMs);
    const own = (await findWatches()).filter((pid) => !others.includes(pid));
    try {
      for (const pid of own) process.kill(pid, 'SIGSTOP');
      await expect(watch.add(process.pid)).rejects.toThrow('did not read within 0.05 s');
      expect(own).toHaveLength(1);
    } finally {
      own.forEach(kill);
    }
  });

  it('fails a launch, and not the host, when it was killed', async () => {
    const others = await findWatches();
    const watch = await ProcessGroupWatch.start(`s${'x'.repeat(4_000_000)}`); // more than it reads at once
    const own = (await findWatches()).filter((pid) => !others.includes(pid));
    for (const pid of own) process.kill(pid, 'SIGSTOP');
    const adding = watch.add(process.pid);
    own.forEach(kill);
    await expect(adding).rejects.toThrow(
      /ends sandboxes after the host is gone \(.*EPIPE.*\).*stella-process-group-watch/,
    );
    await expect(watch.add(process.pid)).rejects.toThrow('ends sandboxes after the host is gone');
    expect(own).toHaveLength(1);
  });
});

async function findWatches(): Promise<readonly number[]> {
  const children = await findChildren(process.pid);
  return (await findProcessesNaming('stella-process-group-watch')).filter((pid) => children.includes(pid));
}

/** Has a program found before that of the machine. */
async function withPath(program: HangingProgram, work: () => Promise<void>): Promise<void> {
  const before = process.env['PATH'];
  process.env['PATH'] = `${program.folder}:${before}`;
  try {
    await work();
  } finally {
    process.env['PATH'] = before;
  }
}
