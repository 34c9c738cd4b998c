import { describe, expect, it } from '@jest/globals';
import { HostileRunner } from './hostile-runner.ts';
import { vault } from './vault.ts';
import { openWireHost } from './wire-host.ts';

/** Clears the screen, rings, forges a line, turns the direction of text, and sets a title by a C1 control. */
const escapes = '\u001b[2J\u0007\nERROR the host is down\r\u202e\u009d0;title';
/** Every control character but the end of a line, and what turns or ends text. */
const raw = /(?!\n)[\p{Cc}\u202a-\u202e\u2028]/u;

describe('texts of a hostile runner', () => {
  it('reach no terminal raw by the failure of a call: not its sentence, its details, its cause or its stack', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const answered = (await host.session).api(vault).echo('question');
    const { value } = await runner.attach.heard('call');
    const detailsJson = JSON.stringify({
      problem: escapes,
      capability: escapes,
      method: escapes,
      pluginId: escapes,
    });
    const failure = { code: 'CALL_FAILED', detailsJson, stack: `Error: ${escapes}\n    at ${escapes}` };
    runner.attach.say({
      $case: 'answer',
      value: { id: value.id, result: { $case: 'failure', value: failure } },
    });
    const error = await answered.catch((thrown: unknown) => thrown as Error);
    const cause = (error as Error).cause as Error;
    expect(error).toMatchObject({
      code: 'CALL_FAILED',
      details: { pluginId: 'test.plugin', method: 'echo' },
    });
    expect((error as Error).message).not.toMatch(raw);
    expect((error as Error).message).not.toContain('\n');
    expect((error as Error).message).toContain(String.raw`\u001b[2J\u0007\u000aERROR`);
    expect(cause.message).not.toMatch(raw);
    expect(cause.stack).not.toMatch(raw);
    expect(cause.stack?.split('\n').length).toBeGreaterThan(2);
  });

  it('reach no terminal raw by its log', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const fieldsJson = JSON.stringify({
      [escapes]: { deep: [escapes] },
      pluginId: 'somebody.else',
      'a\\u001b': 1,
    });
    runner.attach.say({ $case: 'log', value: { level: 3, message: escapes, fieldsJson } });
    await runner.prove();
    const [line] = host.written;
    expect(line?.message).not.toMatch(raw);
    expect(line?.message).not.toContain('\n');
    expect(line?.fields).toMatchObject({ plugin: { pluginId: 'somebody.else', 'a\\u001b': 1 } });
    const strings: string[] = [];
    JSON.stringify(line?.fields, (key, field: unknown) => (strings.push(key, String(field)), field));
    expect(strings.join('')).not.toMatch(raw);
    expect(strings.join('')).toContain(String.raw`\u001b[2J`);
  });

  it('are cut where they do not end: a stack of ten megabytes, a problem, a line of the log', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const long = 'at evil\n'.repeat(1_250_000);
    const answered = (await host.session).api(vault).echo('question');
    const { value } = await runner.attach.heard('call');
    const failure = {
      code: 'CALL_FAILED',
      detailsJson: JSON.stringify({ problem: 'x'.repeat(100_000) }),
      stack: long,
    };
    runner.attach.say(
      {
        $case: 'log',
        value: {
          level: 2,
          message: long.slice(0, 1_000_000),
          fieldsJson: JSON.stringify({ long: long.slice(0, 9000) }),
        },
      },
      { $case: 'answer', value: { id: value.id, result: { $case: 'failure', value: failure } } },
    );
    const error = (await answered.catch((thrown: unknown) => thrown)) as Error;
    expect(error.message.length).toBeLessThan(10_000);
    expect((error.cause as Error).stack?.length).toBeLessThan(10_000);
    expect(JSON.stringify(host.written).length).toBeLessThan(30_000);
    await runner.prove();
  });

  it('of ten thousand lines in a message reach the log at its rate, and the rest is counted', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const line = { $case: 'log', value: { level: 99 as never, message: 'again', fieldsJson: '[' } } as const;
    runner.attach.say(...Array.from({ length: 10_000 }, () => line));
    await runner.prove();
    expect(host.written.length).toBeGreaterThanOrEqual(200);
    expect(host.written.length).toBeLessThan(2000);
    expect(host.written[0]).toEqual({ level: 'info', fields: {}, message: 'again' });
  });
});
