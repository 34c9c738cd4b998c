import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startChildHost, type ChildHost } from './child-host.ts';
import {
  behindFilter,
  onMachineChangedBy,
  withoutControlGroups,
  withoutUserNamespacesLeft,
  type HostCommand,
} from './lacking-machines.ts';
import {
  eventually,
  findChildren,
  findGroups,
  findProcessesNaming,
  findProcessesOf,
  readStatus,
  readUid,
} from './processes.ts';
import { describeAsRoot } from './stand-in.ts';

const script = `
  const fs = require('node:fs');
  const attempt = (action) => { try { return action(); } catch (error) { return error.code; } };
  console.log(JSON.stringify({
    processes: attempt(() => fs.readdirSync('/proc').filter(Number).length),
    interfaces: attempt(() => require('node:os').networkInterfaces()),
    becomeRoot: attempt(() => process.setuid(0)),
    otherGroups: attempt(() => process.setgroups([0])),
    root: attempt(() => fs.readdirSync('/').join(' ')),
    write: attempt(() => fs.writeFileSync('/runtime/x', '')),
    settings: attempt(() => fs.openSync('/proc/sys/kernel/core_pattern', 'r+')),
  }));
  setInterval(() => {}, 1e6);`;

const seenInside = {
  processes: 2,
  interfaces: 'ERR_SYSTEM_ERROR',
  // Root is nobody at all in a user namespace.
  becomeRoot: expect.stringMatching(/^E(?:PERM|INVAL)$/),
  otherGroups: 'EPERM',
  root: expect.stringMatching(/^dev lib(?: lib64)? plugin proc run runtime tmp$/),
  write: 'EROFS',
  settings: 'ENOENT',
};

interface Told {
  readonly host: number;
  readonly pid: number;
  readonly seen: unknown;
}

/** What a host tells that launched. */
async function whenSeen(host: ChildHost): Promise<Told> {
  const told = Object.assign({}, await host.next(), await host.next(), await host.next());
  if (typeof told['said'] !== 'string') throw new Error(`nothing was launched: ${JSON.stringify(told)}`);
  return { host: Number(told['host']), pid: Number(told['pid']), seen: JSON.parse(told['said']) };
}

/** Kills a host, and waits until nothing is left of it. */
async function expectNothingLeft(host: ChildHost, { host: hostPid, pid }: Told): Promise<void> {
  const [program = 0] = await findChildren(pid);
  const uid = await readUid(program);
  await host.kill();
  await eventually(async () => (await findProcessesOf(uid)).length === 0, 'every process is gone');
  await eventually(
    async () => (await findGroups(`.${hostPid}.`)).length === 0,
    'every control group is gone',
  );
}

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp('/tmp/stella-lacking-');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describeAsRoot('a host that is root, without user namespaces', () => {
  const machines: readonly (readonly [string, () => Promise<HostCommand> | HostCommand])[] = [
    ['of which the kernel has none left', () => withoutUserNamespacesLeft()],
    ['which the kernel refuses', () => behindFilter(directory, 'user')],
  ];
  it.each(machines)('isolates as with those, %s', async (_, command) => {
    await using host = await startChildHost({ script, command: await command() });
    const told = await whenSeen(host);
    expect(told.seen).toEqual(seenInside);

    const [program = 0] = await findChildren(told.pid);
    const uid = await readUid(program);
    expect(uid).toBeGreaterThanOrEqual(60_706);
    expect(await readStatus(program, 'Uid')).toBe(`${uid}\t${uid}\t${uid}\t${uid}`);
    expect(await readStatus(program, 'Gid')).toBe(`${uid}\t${uid}\t${uid}\t${uid}`);
    expect((await readStatus(program, 'Groups')).trim()).toBe('');
    expect(await readStatus(program, 'CapBnd')).toBe('0000000000000000');
    for (const process of [told.pid, program]) {
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        expect(await readStatus(process, set)).toBe('0000000000000000');
      expect(await readStatus(process, 'NoNewPrivs')).toBe('1');
      expect(await readStatus(process, 'Seccomp')).toBe('2');
    }
    expect((await findGroups(`.${told.host}.`)).length).toBeGreaterThan(0);
    await expectNothingLeft(host, told);
  });
});

const limits = ['memory', 'cpu', 'processCount'] as const;
const noGroups = withoutControlGroups();

describeAsRoot('a host without control groups', () => {
  it.each(limits)('launches nothing while one of the limits is required: %s', async (required) => {
    await using host = await startChildHost({
      script,
      waived: limits.filter((one) => one !== required),
      command: noGroups,
    });
    expect(await host.next()).toEqual({
      obstacle: { problem: expect.stringContaining('are not mounted'), fix: expect.any(String) },
    });
  });

  it('has each process limited by itself where all of the limits are waived, and the rest as ever', async () => {
    await using host = await startChildHost({ script, waived: limits, command: noGroups });
    const told = await whenSeen(host);
    expect(told.seen).toEqual(seenInside);
    const [program = 0] = await findChildren(told.pid);
    const enforced = await readFile(`/proc/${program}/limits`, 'utf8');
    expect(enforced).toMatch(/^Max processes +64 +64 /m);
    expect(enforced).toMatch(/^Max data size +876609536 +876609536 /m);
    expect(await readStatus(program, 'CapBnd')).toBe('0000000000000000');
    expect(await findGroups(`.${told.host}.`)).toEqual([]);
    await expectNothingLeft(host, told);
  });

  it('refuses a plugin more processes and more memory than it may have', async () => {
    await using host = await startChildHost({
      waived: limits,
      command: noGroups,
      limits: { maxProcesses: 20 },
      script: `
        const { spawn, spawnSync } = require('node:child_process');
        const hoard = 'const hoard = []; while (hoard.length < 600) hoard.push(Buffer.alloc(1 << 20, 1));';
        const greedy = spawnSync('/runtime/node', ['-e', hoard]).status === 0 ? 'fed' : 'refused';
        const forks = Array.from({ length: 20 }, () => new Promise((resolve) => {
          spawn('/runtime/node', ['-e', 'setInterval(() => {}, 1e6)']).on('error', ({ code }) => resolve(code)).on('exit', (_, signal) => resolve(signal));
        }));
        Promise.race(forks).then((forked) => console.log(JSON.stringify({ greedy, forked })));`,
    });
    const told = await whenSeen(host);
    // Where it is the thread of another Node that is refused, that Node aborts.
    expect(told.seen).toEqual({ greedy: 'refused', forked: expect.stringMatching(/^(?:EAGAIN|SIGABRT)$/) });
    await expectNothingLeft(host, told);
  });

  it('ends a plugin with all that it started when it is told to', async () => {
    await using host = await startChildHost({
      waived: limits,
      command: noGroups,
      script: `
        require('node:child_process').spawn('/runtime/node', [...process.execArgv, '-e', 'setInterval(() => {}, 1e6)'], { detached: true, stdio: 'ignore' }).unref();
        setTimeout(() => process.exit(7), 100);`,
    });
    const told = Object.assign({}, await host.next(), await host.next(), await host.next());
    expect(told['exit']).toMatchObject({ code: 7, memoryLimitHit: false });
    expect(told['exit']).not.toHaveProperty('leftBehind');
    expect(await findProcessesNaming(`--title=${host.title}`)).toEqual([]);
  });
});

describeAsRoot('a host with control groups', () => {
  it('uses them, although the limits are waived', async () => {
    await using host = await startChildHost({ script, waived: limits });
    const told = await whenSeen(host);
    expect((await findGroups(`.${told.host}.`)).length).toBeGreaterThan(0);
    await expectNothingLeft(host, told);
  });
});

describeAsRoot('a host whose /proc is masked', () => {
  it('shows a plugin no /proc at all, where that is waived', async () => {
    const command = onMachineChangedBy('mount -t tmpfs none /proc/tty');
    await using host = await startChildHost({ script, waived: ['processes'], command });
    const told = await whenSeen(host);
    expect(told.seen).toEqual({
      ...seenInside,
      processes: 'ENOENT',
      root: expect.stringMatching(/^dev lib(?: lib64)? plugin run runtime tmp$/),
    });
    await expectNothingLeft(host, told);
  });
});
