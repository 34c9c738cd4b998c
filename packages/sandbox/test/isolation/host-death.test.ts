import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { startChildHost, type ChildHost, type ChildHostOptions } from './child-host.ts';
import { withoutControlGroups } from './lacking-machines.ts';
import { patience } from './patience.ts';
import {
  eventually,
  findGroups,
  findProcessesIn,
  findProcessesNaming,
  findScopes,
  readMark,
} from './processes.ts';
import { describeIsolated, isRoot } from './stand-in.ts';

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

/** The groups of a host, whatever their hierarchy, and the scope of systemd that they are in, if they are in one. */
async function groupsOf({ child }: ChildHost): Promise<readonly string[]> {
  const found = await Promise.all([findGroups(`.${child.pid}.`), findScopes(`.${child.pid}.`)]);
  return found.flat();
}

describeIsolated('a host that is killed', () => {
  it.each(Object.entries(plugins))('takes its plugin along, which %s', async (_, script) => {
    await using host = await startChildHost({ script });
    const mark = await readMark(await host.whenUp());
    expect((await findProcessesIn(mark)).length).toBeGreaterThanOrEqual(3);
    expect((await groupsOf(host)).length).toBeGreaterThan(0);
    await host.kill();
    await eventually(async () => (await findProcessesIn(mark)).length === 0, 'every process is gone');
    await eventually(async () => (await groupsOf(host)).length === 0, 'every control group is gone');
  });

  it('takes its plugin along at once, although that has a twentieth of a processor', async () => {
    await using host = await startChildHost({
      limits: { cpuLimitCores: 0.05 },
      script: `for (let count = 0; count < 3; count += 1) ${spawnNode('for(;;);')}; require('node:fs').writeSync(1, 'up'); for (;;);`,
    });
    const mark = await readMark(await host.whenUp());
    const start = performance.now();
    await host.kill();
    await eventually(async () => (await findProcessesIn(mark)).length === 0, 'every process is gone');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  // Only root can take the control groups away.
  const without: Partial<ChildHostOptions> = {
    waived: ['memory', 'cpu', 'processCount'],
    command: withoutControlGroups(),
  };
  it.each<[string, Partial<ChildHostOptions>]>([
    ['with control groups', {}],
    ...(isRoot ? [['without', without] as [string, Partial<ChildHostOptions>]] : []),
  ])('leaves nothing, at whatever moment of a launch it is killed, %s', async (_, options) => {
    const moments = Array.from({ length: 10 }, (__, index) => index * 3 * patience);
    for (const moment of moments) {
      await using host = await startChildHost({ script: waits, ...options });
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
    const mark = await readMark(await host.whenUp());
    const isInScope = (await findScopes(`.${host.child.pid}.`)).length > 0;
    for (const watch of await findProcessesNaming('stella-death-watch'))
      if ((await findProcessesNaming(`.${host.child.pid}.`)).includes(watch)) process.kill(watch, 'SIGKILL');
    await host.kill();
    await eventually(async () => (await findProcessesIn(mark)).length === 0, 'every process is gone');
    // What is left in a scope is systemd's to remove, as soon as nothing runs in it.
    expect(isInScope || (await groupsOf(host)).length > 0).toBe(true);
    expect(await new BubblewrapIsolation().probe(isolationAspects)).toBeUndefined();
    await eventually(async () => (await groupsOf(host)).length === 0, 'every control group is gone');
  });
});
