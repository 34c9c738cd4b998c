import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, jest } from '@jest/globals';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { startChildHost, type ChildHost } from './child-host.ts';
import { eventually, findGroups, findProcessesNaming, findProcessesOf, readUid } from './processes.ts';
import { describeAsRoot } from './stand-in.ts';

jest.setTimeout(60_000);

const spawnNode = (program: string, options = '{}'): string =>
  `require('node:child_process').spawn('/runtime/node', ['-e', ${JSON.stringify(program)}], ${options})`;

const waits = `console.log('up'); setInterval(() => {}, 1e6);`;
const plugins = {
  'waits for calls': waits,
  'is in a busy loop': `require('node:fs').writeSync(1, 'up'); for (;;);`,
  'ignores every signal that can be ignored': `
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGPIPE']) process.on(signal, () => {});
    ${waits}`,
  'let go of grandchildren': `
    for (let count = 0; count < 3; count += 1)
      ${spawnNode('setInterval(() => {}, 1e6)', `{ detached: true, stdio: 'ignore' }`)}.unref();
    ${spawnNode(`${spawnNode('setInterval(() => {}, 1e6)', `{ detached: true, stdio: 'ignore' }`)}.unref()`)}
      .on('exit', () => console.log('up'));
    setInterval(() => {}, 1e6);`,
};

/** The group of a host, whatever its hierarchy. */
const groupsOf = (host: ChildHost): Promise<readonly string[]> => findGroups(`.${host.child.pid}.`);

describeAsRoot('a host that is killed', () => {
  it.each(Object.entries(plugins))('takes its plugin along, which %s', async (_, script) => {
    await using host = await startChildHost({ script });
    const uid = await readUid(await host.whenUp());
    expect((await findProcessesOf(uid)).length).toBeGreaterThanOrEqual(3);
    expect((await groupsOf(host)).length).toBeGreaterThan(0);
    await host.kill();
    await eventually(async () => (await findProcessesOf(uid)).length === 0, 'every process is gone');
    await eventually(async () => (await groupsOf(host)).length === 0, 'every control group is gone');
  });

  it('takes its plugin along at once, although that has a twentieth of a processor', async () => {
    await using host = await startChildHost({
      limits: { cpuLimitCores: 0.05 },
      script: `for (let count = 0; count < 3; count += 1) ${spawnNode('for(;;);')}; require('node:fs').writeSync(1, 'up'); for (;;);`,
    });
    const uid = await readUid(await host.whenUp());
    const start = performance.now();
    await host.kill();
    await eventually(async () => (await findProcessesOf(uid)).length === 0, 'every process is gone');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('leaves nothing, at whatever moment of a launch it is killed', async () => {
    const moments = Array.from({ length: 10 }, (_, index) => index * 3);
    for (const moment of moments) {
      await using host = await startChildHost({ script: waits });
      expect(await host.next()).toEqual({ launching: true });
      await delay(moment);
      await host.kill();
      await eventually(async () => (await groupsOf(host)).length === 0, 'every control group is gone');
      await eventually(
        async () => (await findProcessesNaming(host.title)).length === 0,
        'every process is gone',
      );
    }
  });

  it('has what it left cleared away at the next start, where nobody did it at once', async () => {
    await using host = await startChildHost({ script: waits });
    const uid = await readUid(await host.whenUp());
    for (const watch of await findProcessesNaming('stella-death-watch'))
      if ((await findProcessesNaming(`.${host.child.pid}.`)).includes(watch)) process.kill(watch, 'SIGKILL');
    await host.kill();
    await eventually(async () => (await findProcessesOf(uid)).length === 0, 'every process is gone');
    expect((await groupsOf(host)).length).toBeGreaterThan(0);
    expect(await new BubblewrapIsolation().probe()).toBeUndefined();
    expect(await groupsOf(host)).toEqual([]);
  });
});
