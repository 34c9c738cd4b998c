import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { hello, meet } from './meet-runner.ts';

describe('a runner that compiles', () => {
  const able = { ...hello, features: ['compiled-code'] };
  const compiled = {
    $case: 'compiled',
    value: { files: [{ path: 'a', content: Buffer.from('b') }] },
  } as const;

  it('is asked once the host wants it, and answers once', async () => {
    const { session, say, heard, closed } = meet();
    say({ $case: 'hello', value: able });
    expect(await heard()).toMatchObject({ value: { features: ['compiled-code'] } });
    const asked = session.compile();
    expect(await heard()).toEqual({ $case: 'compile', value: {} });
    say(compiled);
    expect(await asked).toEqual(compiled.value.files);
    say(compiled);
    expect(await closed).toMatchObject({
      code: 'SANDBOX_PROTOCOL_VIOLATION',
      details: { problem: 'it sent compiled code that nobody asked for' },
    });
  });

  it('is not asked where it cannot', async () => {
    const { session, say, heard } = meet();
    say({ $case: 'hello', value: hello });
    await heard();
    expect(await session.compile()).toEqual([]);
  });

  it('breaks the protocol when it sends what nobody asked for', async () => {
    const { say, closed } = meet();
    say({ $case: 'hello', value: able });
    say(compiled);
    expect(await closed).toMatchObject({ code: 'SANDBOX_PROTOCOL_VIOLATION' });
  });

  it('that is gone before it answered fails the wait', async () => {
    const { session, say, heard } = meet();
    say({ $case: 'hello', value: able });
    await heard();
    const asked = session.compile();
    session.close(new PluginError('SANDBOX_EXITED', { pluginId: 'test.plugin', problem: 'it crashed' }));
    await expect(asked).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
  });
});
