import { expect, it } from '@jest/globals';
import { describeAsRoot } from '../isolation/stand-in.ts';
import { startIsolatedProgram, startIsolatedRunner } from './isolated-runner.ts';
import { violationOf } from './violation.ts';
import { openWireHost } from './wire-host.ts';
import { HostileRunner } from './hostile-runner.ts';

const patient = AbortSignal.any([]);

describeAsRoot('a hostile runner in the real sandbox', () => {
  it('that never says hello is ended with the patience of the launch', async () => {
    await using runner = await startIsolatedRunner('');
    const patience = new AbortController();
    const loading = runner.sandboxed.load(patience.signal);
    loading.catch(() => undefined);
    await runner.attached;
    patience.abort(new Error('no hello in time'));
    await expect(loading).rejects.toThrow('no hello in time');
  });

  it.each([
    ['never dials', ''],
    ['dials and says nothing', `require('node:net').connect(process.env.STELLA_HOST_SOCKET);`],
  ])('that %s is ended with the patience of the launch, and its process is gone', async (_, deed) => {
    await using runner = await startIsolatedProgram(
      `${deed} process.stderr.write('there\\n'); setInterval(() => {}, 1e6);`,
    );
    const patience = new AbortController();
    const loading = runner.sandboxed.load(patience.signal);
    loading.catch(() => undefined);
    while (!runner.written.some(({ message }) => message.includes('there'))) await new Promise(setImmediate);
    patience.abort(new Error('no hello in time'));
    await expect(loading).rejects.toThrow('no hello in time');
    expect(await runner.sandboxed.ended).toBeUndefined();
  });

  it('that dials and hangs up is ended without any patience', async () => {
    await using runner = await startIsolatedProgram(
      `require('node:net').connect(process.env.STELLA_HOST_SOCKET, function () { this.destroy(); }); setInterval(() => {}, 1e6);`,
    );
    await expect(runner.sandboxed.load(patient)).rejects.toMatchObject({
      code: 'SANDBOX_PROTOCOL_VIOLATION',
    });
  });

  it('that has the wrong token is turned away, and with its own it is loaded', async () => {
    await using stranger = await startIsolatedRunner(`greet('x' + token.slice(1))`);
    await expect(stranger.sandboxed.load(patient)).rejects.toMatchObject({
      code: 'SANDBOX_HANDSHAKE_FAILED',
      details: { problem: 'it has the wrong token' },
    });
    await using owner = await startIsolatedRunner(`greet(token); await asked; attach.write(loaded)`);
    await owner.sandboxed.load(patient);
  });

  it.each([
    ['claims a message of 4 GiB', 'attach.write(tooLarge)', 'a message of 4294967295 bytes'],
    [
      'opens streams and resets them',
      'for (let n = 0; n < 20_000 && !session.destroyed; n++) { open("Transfer").close(8); if (n % 100 === 0) await new Promise(setImmediate); }',
      'it broke HTTP/2',
    ],
    ['says hello twice', 'greet(token)', 'it said hello twice'],
  ])('that %s is ended for it, and another plugin is not', async (_, attack, problem) => {
    await using other = await openWireHost();
    using good = await HostileRunner.greet(other.path);
    await using runner = await startIsolatedRunner(
      `greet(token); await asked; attach.write(loaded); ${attack}`,
    );
    await runner.sandboxed.load(patient);
    expect(await violationOf({ closed: runner.sandboxed.ended })).toContain(problem);
    await good.prove();
  });

  it('finds one socket, which is its own, and cannot dial it again nor that of another plugin', async () => {
    await using other = await openWireHost();
    await using runner = await startIsolatedRunner(`
      greet(token);
      await asked;
        const dial = (to) => new Promise((resolve) => net.connect(to, () => resolve('connected')).on('error', ({ code }) => resolve(code)));
        say(JSON.stringify({ run: fs.readdirSync('/run'), again: await dial(path), other: await dial(${JSON.stringify(other.path)}) }));
        attach.write(loaded);
    `);
    await runner.sandboxed.load(patient);
    expect(JSON.parse(runner.written[0]?.message ?? '')).toEqual({
      run: ['host.sock'],
      again: 'ECONNREFUSED',
      other: 'ENOENT',
    });
    using outside = await HostileRunner.greet(other.path); // where nothing is isolated, the same path can be dialled
    await outside.prove();
  });
});
