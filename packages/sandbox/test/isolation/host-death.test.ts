import { once } from 'node:events';
import { expect, it, jest } from '@jest/globals';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { startChildHost } from './child-host.ts';
import { eventually, findGroups, findProcessesOf, readUid } from './processes.ts';
import { describeAsRoot } from './stand-in.ts';

jest.setTimeout(60_000);

const spawnNode = (program: string, options = '{}'): string =>
  `require('node:child_process').spawn('/runtime/node', ['-e', ${JSON.stringify(program)}], ${options})`;

const plugins = {
  'waits for calls': `console.log('up'); setInterval(() => {}, 1e6);`,
  'is in a busy loop': `require('node:fs').writeSync(1, 'up'); for (;;);`,
  'ignores every signal that can be ignored': `
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGPIPE']) process.on(signal, () => {});
    console.log('up'); setInterval(() => {}, 1e6);`,
  'let go of grandchildren': `
    for (let count = 0; count < 3; count += 1)
      ${spawnNode('setInterval(() => {}, 1e6)', `{ detached: true, stdio: 'ignore' }`)}.unref();
    ${spawnNode(`${spawnNode('setInterval(() => {}, 1e6)', `{ detached: true, stdio: 'ignore' }`)}.unref()`)}
      .on('exit', () => console.log('up'));
    setInterval(() => {}, 1e6);`,
};

describeAsRoot('a host that is killed', () => {
  it.each(Object.entries(plugins))('takes its plugin along, which %s', async (_, script) => {
    await using host = await startChildHost({ script });
    const { pid } = await host.next();
    const uid = await readUid(Number(pid));
    expect(await host.next()).toEqual({ said: 'up' });
    expect((await findProcessesOf(uid)).length).toBeGreaterThanOrEqual(3);

    const exit = once(host.child, 'exit');
    host.child.kill('SIGKILL');
    await exit;
    await eventually(async () => (await findProcessesOf(uid)).length === 0, 'every process is gone');

    const groups = `.${host.child.pid}.`;
    expect((await findGroups(groups)).length).toBeGreaterThan(0);
    expect(await new BubblewrapIsolation().probe()).toBeUndefined();
    expect(await findGroups(groups)).toEqual([]);
  });
});
