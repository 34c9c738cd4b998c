import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { findChildren, readStatus, readUid } from './processes.ts';
import { describeIsolated, isRoot, startStandIn } from './stand-in.ts';

/** Tries each expression, and reports its value or the code of its error. */
function tryEach(expressions: Readonly<Record<string, string>>): string {
  const attempts = Object.entries(expressions).map(
    ([name, expression]) => `try { seen[${JSON.stringify(name)}] = await (${expression}); }
      catch (error) { seen[${JSON.stringify(name)}] = error.code ?? error.message; }`,
  );
  return `const fs = require('node:fs'); const seen = {}; ${attempts.join('\n')}; await report(seen);`;
}

describeIsolated('a process under isolation', () => {
  it('gets the token on its standard input, alone and once', async () => {
    await using standIn = await startStandIn({
      script: 'await report(token); await new Promise(() => setInterval(() => {}, 1e6))',
    });
    expect(await standIn.report()).toBe('a token\n');
    const { pid } = standIn.process;
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('a token');
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('a token');
  });

  it('ends with the code that its program ended with, and with the signal', async () => {
    await using ending = await startStandIn({ script: 'process.exit(7)' });
    expect(await ending.exit()).toMatchObject({ code: 7, signal: undefined, leftBehind: undefined });
    await using aborting = await startStandIn({ script: 'process.abort()' });
    expect(await aborting.exit()).toMatchObject({
      code: undefined,
      signal: 'SIGABRT',
      memoryLimitHit: false,
    });
  });

  it('is seen by the kernel to be filtered, without privileges and without capabilities', async () => {
    await using standIn = await startStandIn({
      script: 'await report("up"); await new Promise(() => setInterval(() => {}, 1e6))',
    });
    await standIn.report();
    const first = standIn.process.pid;
    const [program = 0] = await findChildren(first);
    for (const pid of [first, program]) {
      expect(await readStatus(pid, 'Seccomp')).toBe('2');
      expect(await readStatus(pid, 'NoNewPrivs')).toBe('1');
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(await readStatus(pid, set)).toBe('0000000000000000');
      // Only root can give up its further groups.
      expect(await readStatus(pid, 'Groups')).toBe(isRoot ? '' : await readStatus(process.pid, 'Groups'));
    }
    expect(await readUid(program)).not.toBe(0);
    expect(await readStatus(program, 'NSpid')).toBe(`${program}\t2`);
  });

  it('sees its own files, and no other', async () => {
    await using standIn = await startStandIn({
      files: { 'plugin.json': '{}' },
      script: tryEach({
        root: `fs.readdirSync('/').sort().join(' ')`,
        runtime: `fs.readdirSync('/runtime').sort().join(' ')`,
        plugin: `fs.readdirSync(process.cwd()).concat(process.cwd()).join(' ')`,
        tmp: `fs.readdirSync('/tmp').length`,
      }),
    });
    expect(await standIn.report()).toEqual({
      root: expect.stringMatching(/^dev lib(?: lib64)? plugin proc run runtime tmp$/),
      runtime: 'node runner.cjs',
      plugin: 'plugin.json /plugin',
      tmp: 0,
    });
  });

  it('can write to its own temporary folder, and may not be killed later than others', async () => {
    await using standIn = await startStandIn({
      script: tryEach({
        tmp: `fs.writeFileSync('/tmp/x', 'x') ?? 'written'`,
        oom: `fs.writeFileSync('/proc/self/oom_score_adj', '-1000') ?? 'written'`,
      }),
    });
    expect(await standIn.report()).toEqual({ tmp: 'written', oom: 'EACCES' });
  });

  it('has the environment that was asked for, and nothing of the host', async () => {
    await using plain = await startStandIn({ script: 'await report(process.env)' });
    const usual = {
      PATH: '/runtime',
      HOME: '/tmp',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      PWD: '/plugin',
      STELLA_HOST_SOCKET: '/run/host.sock',
    };
    expect(await plain.report()).toEqual(usual);
    await using asked = await startStandIn({
      script: 'await report(process.env)',
      request: { environment: { TZ: 'Europe/Vienna' } },
    });
    expect(await asked.report()).toEqual({ ...usual, TZ: 'Europe/Vienna' });
  });

  it('has no process and no descriptor but its own', async () => {
    await using standIn = await startStandIn({
      script: tryEach({
        processes: `fs.readdirSync('/proc').map(Number).filter(Boolean).join(' ')`,
        parent: `process.ppid`,
        user: `process.getuid()`,
        descriptors: `fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd) } catch { return 'gone' } })
          .filter((target) => !/^(anon_inode|pipe|\\/dev\\/null|gone|\\/proc)/.test(target)).map((target) => target.replace(/\\d+/, 'N')).join(' ')`,
      }),
    });
    expect(await standIn.report()).toEqual({
      processes: '1 2',
      parent: 1,
      user: 65_534,
      descriptors: 'socket:[N] socket:[N] socket:[N] socket:[N]',
    });
  });

  (isRoot ? it : it.skip)('runs as a user of its own, distinct from that of every other plugin', async () => {
    const script = 'await report("up"); await new Promise(() => setInterval(() => {}, 1e6))';
    const standIns = await Promise.all(Array.from({ length: 5 }, () => startStandIn({ script })));
    try {
      const uids = await Promise.all(standIns.map((standIn) => readUid(standIn.process.pid)));
      expect(new Set(uids).size).toBe(5);
      expect(uids.every((uid) => uid >= 60_706 && uid <= 61_183)).toBe(true);
    } finally {
      await Promise.all(standIns.map((standIn) => standIn[Symbol.asyncDispose]()));
    }
  });
});
