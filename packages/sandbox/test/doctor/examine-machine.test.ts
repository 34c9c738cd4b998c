import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import { examineMachine } from '../../src/doctor/examine-machine.ts';
import type { MachineReport } from '../../src/doctor/machine-report.ts';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { behindFilter, onMachineChangedBy, type HostCommand } from '../isolation/lacking-machines.ts';
import { failingBubblewrap, makePrograms } from '../isolation/lacking-programs.ts';
import { findGroups } from '../isolation/processes.ts';
import { describeAsRoot } from '../isolation/stand-in.ts';

const fixture = new URL('fixtures/examine.ts', import.meta.url).pathname;
const examiner: HostCommand = [process.execPath, fixture];

/** What the examination finds on a machine on which it is started by this command. */
async function examineOn([file, ...rest]: HostCommand): Promise<MachineReport> {
  const { stdout } = await promisify(execFile)(file, rest);
  return JSON.parse(stdout);
}

function statesOf({ checks }: MachineReport): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.map(({ name, state }) => [name, state]));
}

function notGood(report: MachineReport): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(statesOf(report)).filter(([, state]) => state !== 'good'));
}

describeAsRoot('the examination of a machine', () => {
  it('finds nothing missing on one that isolates, and tells how a plugin fared there', async () => {
    const report = await examineMachine();
    expect(report).toMatchObject({ canIsolate: true });
    expect(report).not.toHaveProperty('obstacle');
    expect(notGood(report)).toEqual({});
    expect(isolationAspects.map((aspect) => report.isolation?.aspects[aspect].state)).toEqual(
      isolationAspects.map(() => 'enforced'),
    );
    expect(await findGroups(`.${process.pid}.`)).toEqual([]);
  });

  it('goes on after the first thing that is missing, and has a fix for each', async () => {
    const report = await examineMachine({ searchPath: '/nowhere' });
    expect(report.canIsolate).toBe(false);
    expect(report).not.toHaveProperty('isolation');
    expect(notGood(report)).toEqual({
      bubblewrap: 'missing',
      prlimit: 'missing',
      ldd: 'missing',
      setpriv: 'weaker',
      'C library': 'unknown',
      'user namespaces': 'unknown',
      '/proc': 'unknown',
      trial: 'unknown',
    });
    for (const { state, fix } of report.checks.filter(({ state: one }) => one === 'missing'))
      expect([state, fix]).toEqual(['missing', expect.stringMatching(/^Run 'apt-get install /)]);
  });

  it.each([
    ['an old bubblewrap', 'echo "  --unshare-user"', 'bubblewrap', 'too old'],
    [
      'no user namespaces left',
      'max_user_namespaces exceeded (ENOSPC)',
      'user namespaces',
      'no namespaces left',
    ],
    ['AppArmor in the way', 'setting up uid map: Permission denied', 'user namespaces', 'AppArmor'],
  ])('says the same of %s as a refused plugin is told', async (_, words, name, problem) => {
    const script = words.startsWith('echo') ? `#!/bin/sh\n${words}\n` : await failingBubblewrap(words);
    await using programs = await makePrograms({ bwrap: script, setpriv: undefined });
    const search = { searchPath: programs.path };
    const report = await examineMachine(search);
    expect(report.obstacle).toEqual(await new BubblewrapIsolation(search).probe(isolationAspects));
    expect(report.obstacle?.problem).toContain(problem);
    const found = report.checks.find((check) => check.name === name);
    expect(found).toMatchObject({ state: 'missing', found: expect.stringContaining(problem) });
    expect(found?.fix).toBe(report.obstacle?.fix);
  });

  it('tells what a machine without control groups enforces all the same', async () => {
    const report = await examineOn(onMachineChangedBy('umount -R /sys/fs/cgroup', examiner));
    expect(report).toMatchObject({
      canIsolate: false,
      obstacle: { problem: expect.stringContaining('are not mounted') },
    });
    expect(notGood(report)).toEqual({ 'control groups': 'missing', trial: 'missing' });
    const enforced = isolationAspects.filter(
      (aspect) => report.isolation?.aspects[aspect].state === 'enforced',
    );
    expect(enforced).toEqual(
      isolationAspects.filter((aspect) => !['memory', 'cpu', 'processCount'].includes(aspect)),
    );
  });

  it('tells what a machine whose /proc is masked enforces all the same', async () => {
    const report = await examineOn(onMachineChangedBy('mount -t tmpfs none /proc/tty', examiner));
    expect(notGood(report)).toEqual({ '/proc': 'missing', trial: 'missing' });
    expect(report.isolation?.aspects.processes.state).toBe('degraded');
    expect(report.isolation?.aspects.fileSystem.state).toBe('enforced');
  });

  it('takes the other way of root for what it is: all is enforced without user namespaces', async () => {
    const directory = await mkdtemp('/tmp/stella-examined-');
    try {
      const report = await examineOn(await behindFilter(directory, 'user', { host: examiner }));
      expect(report).toMatchObject({ canIsolate: true });
      expect(notGood(report)).toEqual({ 'user namespaces': 'weaker' });
      expect(report.isolation?.aspects.privileges).toMatchObject({
        state: 'enforced',
        by: ['user of its own', 'no capabilities', 'no_new_privs'],
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('finds out on a machine without /tmp', async () => {
    const report = await examineOn(
      onMachineChangedBy('mount --bind -o ro /tmp /tmp && mount -o remount,bind,ro /tmp', examiner),
    );
    expect(statesOf(report)).toMatchObject({ '/tmp': 'missing', trial: 'unknown', bubblewrap: 'good' });
  });
});
