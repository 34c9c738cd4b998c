import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { startChildHost } from './child-host.ts';
import { delegateGroups } from './delegated-groups.ts';
import { asUser } from './lacking-machines.ts';
import { makeOrdinaryPrograms, ordinaryUser } from './ordinary-programs.ts';
import { eventually, findChildren, findGroups, findProcessesOf, readStatus } from './processes.ts';
import { describeAsRoot } from './stand-in.ts';

describeAsRoot('a host that is an ordinary user', () => {
  it('is refused without groups that root gave it, and told how to get them', async () => {
    await using programs = await makeOrdinaryPrograms();
    await using host = await startChildHost({
      script: '',
      owner: ordinaryUser,
      command: asUser(ordinaryUser, programs.host),
    });
    expect(await host.next()).toEqual({
      obstacle: {
        problem: expect.stringContaining('so nothing would limit memory, processor and processes'),
        fix: expect.stringMatching(/delegate.*waivedIsolation: \['memory', 'cpu', 'processCount'\]/i),
      },
    });
  });

  const script = `const seen = { uid: process.getuid(), processes: require('node:fs').readdirSync('/proc').filter(Number).length };
    try { require('node:os').networkInterfaces() } catch { seen.network = 'none' }
    console.log(JSON.stringify(seen)); setInterval(() => {}, 1e6);`;
  const seen = { said: JSON.stringify({ uid: 65_534, processes: 2, network: 'none' }) };

  it('isolates as root does, but as its own user, and nothing of it is left when it is killed', async () => {
    await using programs = await makeOrdinaryPrograms();
    await using delegated = await delegateGroups();
    await using host = await startChildHost({
      script,
      owner: ordinaryUser,
      command: delegated.enter(asUser(ordinaryUser, programs.host)),
    });
    expect(await host.next()).toEqual({ launching: true });
    const { pid } = await host.next();
    expect(await host.next()).toEqual(seen);
    const own = `${ordinaryUser}\t${ordinaryUser}\t${ordinaryUser}\t${ordinaryUser}`;
    expect(await readStatus(Number(pid), 'Uid')).toBe(own);
    expect(await readStatus(Number(pid), 'Seccomp')).toBe('2');
    expect(await readStatus(Number(pid), 'CapEff')).toBe('0000000000000000');
    expect((await findGroups(`.${host.child.pid}.`)).length).toBe(delegated.folders.length);

    await host.kill();
    await eventually(async () => (await findProcessesOf(ordinaryUser)).length === 0, 'every process is gone');
    expect(await findGroups(`.${host.child.pid}.`)).toEqual([]);
  });

  it('has each process limited by itself where the limits are waived, however many it has already', async () => {
    await using programs = await makeOrdinaryPrograms();
    await using host = await startChildHost({
      script,
      owner: ordinaryUser,
      waived: ['memory', 'cpu', 'processCount'],
      // Fewer than the threads of the host: a user namespace counts for itself.
      limits: { maxProcesses: 16 },
      command: asUser(ordinaryUser, programs.host),
    });
    expect(await host.next()).toEqual({ launching: true });
    const { pid } = await host.next();
    expect(await host.next()).toEqual(seen);
    const [program = 0] = await findChildren(Number(pid));
    expect(await readFile(`/proc/${program}/limits`, 'utf8')).toMatch(/^Max processes +16 +16 /m);

    await host.kill();
    await eventually(async () => (await findProcessesOf(ordinaryUser)).length === 0, 'every process is gone');
  });
});
