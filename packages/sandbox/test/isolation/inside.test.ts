import { readFile } from 'node:fs/promises';
import { expect, it, jest } from '@jest/globals';
import { findChildren, readStatus, readUid } from './processes.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

jest.setTimeout(60_000);

/** Tries each expression, and reports its value or the code of its error. */
function tryEach(expressions: Readonly<Record<string, string>>): string {
  const attempts = Object.entries(expressions).map(
    ([name, expression]) => `try { seen[${JSON.stringify(name)}] = await (${expression}); }
      catch (error) { seen[${JSON.stringify(name)}] = error.code ?? error.message; }`,
  );
  return `const fs = require('node:fs'); const seen = {}; ${attempts.join('\n')}; await report(seen);`;
}

describeAsRoot('a process under isolation', () => {
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
      expect((await readStatus(pid, 'Groups')).trim()).toBe('');
    }
    expect(await readUid(program)).toBeGreaterThanOrEqual(61_000);
    expect(await readStatus(program, 'NSpid')).toBe(`${program}\t2`);
  });

  it('has no network', async () => {
    const dial = (options: string): string =>
      `new Promise((resolve, reject) => require('node:net').connect(${options}, () => resolve('connected')).on('error', reject))`;
    await using standIn = await startStandIn({
      script: tryEach({
        tcp: dial(`{ host: '127.0.0.1', port: 1 }`),
        tcp6: dial(`{ host: '::1', port: 1 }`),
        listen: `new Promise((resolve, reject) => require('node:net').createServer().on('error', reject).listen(0, '127.0.0.1', () => resolve('listening')))`,
        udp: `new Promise((resolve, reject) => require('node:dgram').createSocket('udp4').on('error', reject).bind(0, () => resolve('bound')))`,
        interfaces: `require('node:os').networkInterfaces()`,
        abstractSocket: dial(String.raw`{ path: '\0stella-nobody-listens' }`),
      }),
    });
    expect(await standIn.report()).toEqual({
      tcp: 'EPERM',
      tcp6: 'EPERM',
      listen: 'EPERM',
      udp: 'EPERM',
      interfaces: 'ERR_SYSTEM_ERROR',
      abstractSocket: 'ECONNREFUSED',
    });
  });

  it('sees its own files, and none of the host', async () => {
    await using standIn = await startStandIn({
      files: { 'plugin.json': '{}' },
      script: tryEach({
        root: `fs.readdirSync('/').sort().join(' ')`,
        runtime: `fs.readdirSync('/runtime').sort().join(' ')`,
        plugin: `fs.readdirSync(process.cwd()).concat(process.cwd()).join(' ')`,
        passwd: `fs.readFileSync('/etc/passwd', 'utf8')`,
        home: `fs.readdirSync('/root')`,
        tmp: `fs.readdirSync('/tmp').length`,
        usr: `fs.readdirSync('/usr')`,
        sys: `fs.readdirSync('/sys')`,
        devices: `fs.readdirSync('/dev').filter((name) => /^(sd|vd|nvme|kvm|mem|fuse|loop)/.test(name)).length`,
      }),
    });
    const seen = (await standIn.report()) as Record<string, unknown>;
    expect(seen).toEqual({
      root: expect.stringMatching(/^dev lib(?: lib64)? plugin proc run runtime tmp$/),
      runtime: 'node runner.cjs',
      plugin: 'plugin.json /plugin',
      passwd: 'ENOENT',
      home: 'ENOENT',
      tmp: 0,
      usr: 'ENOENT',
      sys: 'ENOENT',
      devices: 0,
    });
  });

  it('can write to its own temporary folder, and nowhere else', async () => {
    const write = (path: string): string => `fs.writeFileSync('${path}', 'x') ?? 'written'`;
    await using standIn = await startStandIn({
      files: { 'plugin.json': '{}' },
      script: tryEach({
        tmp: write('/tmp/x'),
        root: write('/x'),
        plugin: write('/plugin/x'),
        manifest: write('/plugin/plugin.json'),
        runtime: write('/runtime/x'),
        node: write('/runtime/node'),
        run: write('/run/x'),
        dev: write('/dev/x'),
        shm: write('/dev/shm/x'),
        sysctl: write('/proc/sys/kernel/core_pattern'),
        oom: `fs.writeFileSync('/proc/self/oom_score_adj', '-1000') ?? 'written'`,
        chmod: `fs.chmodSync('/plugin/plugin.json', 0o777) ?? 'changed'`,
        tooMuch: `fs.writeFileSync('/tmp/large', Buffer.alloc(33 << 20)) ?? 'written'`,
      }),
    });
    expect(await standIn.report()).toEqual({
      tmp: 'written',
      root: 'EROFS',
      plugin: 'EROFS',
      manifest: 'EROFS',
      runtime: 'EROFS',
      node: 'EROFS',
      run: 'EROFS',
      dev: 'EROFS',
      shm: 'EROFS',
      sysctl: 'ENOENT',
      oom: 'EACCES',
      chmod: 'EROFS',
      tooMuch: 'ENOSPC',
    });
  });

  it('is told nothing about the kernel and the machine by /proc', async () => {
    await using standIn = await startStandIn({
      script: tryEach({
        kallsyms: `fs.readFileSync('/proc/kallsyms', 'utf8')`,
        cmdline: `fs.readFileSync('/proc/cmdline', 'utf8')`,
        keys: `fs.readFileSync('/proc/keys', 'utf8')`,
        interrupts: `fs.readFileSync('/proc/interrupts', 'utf8')`,
        sys: `fs.readdirSync('/proc/sys').length`,
        bus: `fs.readdirSync('/proc/bus').length`,
      }),
    });
    expect(await standIn.report()).toEqual({
      kallsyms: 'EACCES',
      cmdline: 'EACCES',
      keys: 'EACCES',
      interrupts: 'EACCES',
      sys: 0,
      bus: 0,
    });
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

  it('sees no process but its own, and has no descriptor but its own', async () => {
    await using standIn = await startStandIn({
      script: tryEach({
        processes: `fs.readdirSync('/proc').map(Number).filter(Boolean).join(' ')`,
        parent: `process.ppid`,
        host: `process.kill(${process.pid}, 0)`,
        groups: `fs.readFileSync('/proc/self/cgroup', 'utf8').trim().split('\\n').every((line) => line.endsWith(':/'))`,
        hostname: `require('node:os').hostname()`,
        user: `process.getuid()`,
        descriptors: `fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd) } catch { return 'gone' } })
          .filter((target) => !/^(anon_inode|pipe|\\/dev\\/null|gone|\\/proc)/.test(target)).map((target) => target.replace(/\\d+/, 'N')).join(' ')`,
      }),
    });
    expect(await standIn.report()).toEqual({
      processes: '1 2',
      parent: 1,
      host: 'ESRCH',
      groups: true,
      hostname: 'plugin',
      user: 65_534,
      descriptors: 'socket:[N] socket:[N] socket:[N] socket:[N]',
    });
  });

  it('runs as a user of its own, distinct from that of every other plugin', async () => {
    const script = 'await report("up"); await new Promise(() => setInterval(() => {}, 1e6))';
    const standIns = await Promise.all(Array.from({ length: 5 }, () => startStandIn({ script })));
    try {
      const uids = await Promise.all(standIns.map((standIn) => readUid(standIn.process.pid)));
      expect(new Set(uids).size).toBe(5);
      expect(uids.every((uid) => uid >= 61_000 && uid <= 61_999)).toBe(true);
    } finally {
      await Promise.all(standIns.map((standIn) => standIn[Symbol.asyncDispose]()));
    }
  });
});
