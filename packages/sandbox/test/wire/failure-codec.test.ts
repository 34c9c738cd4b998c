import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { callCodes, decodeFailure, encodeFailure } from '../../src/wire/failure-codec.ts';

const target = { pluginId: 'test.plugin', capability: 'CanScan v1', method: 'scan' };
const decode = (code: string, details: unknown, stack = ''): PluginError =>
  decodeFailure(
    { code, detailsJson: typeof details === 'string' ? details : JSON.stringify(details), stack },
    callCodes,
    target,
    (problem, cause) => new PluginError('CALL_FAILED', { ...target, problem }, { cause }),
  );

describe('a failure that crosses the wire', () => {
  it('keeps code, details, and the message and stack of what was thrown', () => {
    const thrown = new Error('the disk is full');
    const failure = encodeFailure(
      new PluginError('CALL_FAILED', { ...target, problem: thrown.message }, { cause: thrown }),
      'with stack',
    );
    const error = decode(failure.code, failure.detailsJson, failure.stack);
    expect(error).toMatchObject({ code: 'CALL_FAILED', details: { ...target, problem: 'the disk is full' } });
    expect(error.cause).toMatchObject({ message: 'the disk is full', stack: thrown.stack });
  });

  it('leaves the stack behind where it is told to', () => {
    const error = new PluginError('CALL_FAILED', { ...target, problem: 'no' }, { cause: new Error('no') });
    expect(encodeFailure(error, 'without stack').stack).toBe('');
  });

  it('cannot pretend to be about another plugin', () => {
    expect(
      decode('CALL_FAILED', { pluginId: 'somebody.else', capability: 'x', method: 'y', problem: 'no' })
        .details,
    ).toMatchObject(target);
  });

  it.each([
    ['a code that only the host may use', 'SANDBOX_EXITED', { pluginId: 'test.plugin', problem: 'gone' }],
    ['a code of no catalogue', 'OUT_OF_CHEESE', {}],
    ['a name that every object has', 'constructor', {}],
    ['details that do not fit', 'CALL_TIMED_OUT', { timeoutMs: 'soon' }],
    ['details that are no JSON', 'CALL_FAILED', '{'],
    ['details that are no object', 'CALL_FAILED', 'null'],
  ])('counts as a failure of the call when it has %s', (_, code, details) => {
    expect(decode(code, details)).toMatchObject({ code: 'CALL_FAILED', details: target });
  });
});
