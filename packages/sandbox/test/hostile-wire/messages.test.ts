import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { RunnerMessage } from '../../src/wire/gen/stellaops/plugin/v1/plugin.ts';
import { violationOf } from './violation.ts';
import { call, cancel, hello, HostileRunner } from './hostile-runner.ts';
import { framed, message, prefix } from './raw-stream.ts';
import { openWireHost } from './wire-host.ts';

/** The default limits together, and 64 KiB for the rest. */
const messageLimitBytes = 17 * 1024 * 1024 + 64 * 1024;

/** A field of protobuf with these bytes: tag, length, content. */
function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
    if (rest < 0x80) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

describe('bytes that are no message', () => {
  const log = Buffer.from(
    RunnerMessage.encode({
      frames: [{ frame: { $case: 'log', value: { level: 2, message: 'héllo', fieldsJson: '' } } }],
    }).finish(),
  );

  it.each<[string, Uint8Array, string]>([
    ['random bytes', Buffer.from('f00dfacecafebabe8badf00ddeadbeef', 'hex'), 'a compressed message'],
    ['a frame that is cut off', framed(log.subarray(0, -1)), 'cannot be read'],
    ['a length that runs over the end', framed(Buffer.from([0x0a, 0x7f, 0x00])), 'cannot be read'],
    ['a varint without an end', framed(Buffer.alloc(32, 0xff)), 'cannot be read'],
    [
      'a number that is no safe integer',
      framed(field(1, field(5, Buffer.from('08ffffffffffffffffff01', 'hex')))),
      'cannot be read',
    ],
    ['a hundred thousand nested groups', framed(Buffer.alloc(100_000, 0x0b)), 'cannot be read'],
    ['a wire type that does not exist', framed(Buffer.from([0x0e, 0x01])), 'cannot be read'],
    ['a message that says to have 4 GiB', prefix(0xffffffff), 'a message of 4294967295 bytes'],
    ['a message one byte above the limit', prefix(messageLimitBytes + 1), 'and the limit is 17891328'],
    ['a message marked as compressed', framed(gzipSync(log), 1), 'a compressed message'],
    ['a message marked with a flag of nobody', framed(log, 2), 'a compressed message'],
  ])('end the sandbox: %s', async (_, bytes, problem) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.send(framed(log));
    await runner.prove();
    expect(host.written).toMatchObject([{ message: 'héllo' }]);
    runner.attach.send(bytes);
    expect(await violationOf(host)).toContain(problem);
  });

  it('are replaced where a text is no UTF-8', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.send(framed(Buffer.from(log.map((byte) => (byte === 0xc3 ? 0xff : byte)))));
    await runner.prove();
    expect(host.written).toMatchObject([{ message: 'h\ufffd\ufffdllo' }]);
  });

  it('end the sandbox on the stream of a call as well', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.open('Transfer').send(framed(Buffer.from([0x0a, 0x7f])));
    expect(await violationOf(host)).toContain('cannot be read');
  });

  it('are taken up to the limit that the operator has set, and not above', async () => {
    const limits = { jsonLimitBytes: 1000, bytesLimitBytes: 1000 };
    const withReason = (length: number): Buffer => message(cancel(7, 'x'.repeat(length)));
    await using strict = await openWireHost({ limits });
    using runner = await HostileRunner.greet(strict.path);
    runner.attach.send(withReason(60_000));
    await runner.prove();
    runner.attach.send(withReason(70_000));
    expect(await violationOf(strict)).toContain('and the limit is 67536');

    await using generous = await openWireHost();
    using other = await HostileRunner.greet(generous.path);
    other.attach.send(withReason(70_000));
    await other.prove();
  });
});

describe('a stream that asks for something else', () => {
  it.each([
    ['a method that the host does not have', '/stellaops.plugin.v1.PluginHostService/Shutdown'],
    ['reflection', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'],
    ['a path that is none', '/'],
  ])('is refused when it names %s', async (_, path) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    expect(await runner.open(path).ended).toEqual({ status: '12', details: 'the host has no such method' });
    await runner.prove();
  });

  it.each(['gzip', 'deflate', 'br', 'identity, gzip'])(
    'is refused when it announces %s',
    async (encoding) => {
      await using host = await openWireHost();
      using runner = await HostileRunner.greet(host.path);
      const stream = runner.open('Transfer', { 'grpc-encoding': encoding });
      stream.send(framed(gzipSync(Buffer.alloc(16 * 1024 * 1024)), 1));
      expect(await stream.ended).toMatchObject({ status: '12' });
      await runner.prove();
    },
  );
});

describe('frames of a newer protocol', () => {
  it('are passed over: an empty one, an unknown one, and unknown fields beside known ones', async () => {
    await using host = await openWireHost();
    using runner = HostileRunner.dial(host.path);
    const unknown = field(15, Buffer.from('something new'));
    const greeting = RunnerMessage.encode({ frames: [{ frame: { $case: 'hello', value: hello } }] }).finish();
    runner.attach.send(
      framed(Buffer.concat([unknown, greeting, field(1, new Uint8Array()), field(1, unknown)])),
    );
    await runner.attach.heard('hello');
    await runner.prove();
    expect(host.served.echoed).toHaveLength(1);
  });
});

describe('a frame with more parts than its size can need', () => {
  const withAttachments = (count: number): Buffer => {
    const attachment = field(2, new Uint8Array());
    const request = Buffer.concat([
      field(1, Buffer.from('1')),
      Buffer.alloc(count * attachment.length, attachment),
    ]);
    const names = Buffer.concat([
      field(2, Buffer.from('Vault')),
      Buffer.from([0x18, 1]),
      field(4, Buffer.from('echo')),
    ]);
    return framed(field(1, field(3, Buffer.concat([Buffer.from([0x08, 1]), names, field(5, request)]))));
  };

  it('ends the sandbox before it is unpacked: eight million empty attachments', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.send(withAttachments(8_000_000));
    expect(await violationOf(host)).toContain('it has more than 196608 fields');
  });

  it('fails as a call where it can be unpacked, because places count as JSON', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.send(withAttachments(80_000));
    expect(await runner.attach.heard('answer')).toMatchObject({
      value: { result: { value: { code: 'MESSAGE_TOO_LARGE' } } },
    });
    await runner.prove();
  });

  it('is taken by the thousand', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const nulls = Array.from({ length: 1000 }, () => null);
    const attachments = nulls.map((_, index) => ({ pointer: `/${index}`, data: Buffer.from([index % 256]) }));
    runner.attach.say(call(1, { request: { json: JSON.stringify(nulls), attachments } }));
    await runner.attach.heard('answer');
    expect(host.served.echoed).toMatchObject([{ length: 1000 }]);
  });
});
