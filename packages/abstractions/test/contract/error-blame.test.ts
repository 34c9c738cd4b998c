import { describe, expect, it } from '@jest/globals';
import { isPluginError, PluginError } from '../../src/index.ts';
import { restorePluginError } from '../../src/hosting.ts';

const target = { pluginId: 'acme.scanner', capability: 'CanScan v1', method: 'scan' };

describe('whose fault an error is', () => {
  it.each([
    ['the plugin', 'plugin', new PluginError('CALL_FAILED', { ...target, problem: 'x' })],
    ['the host', 'host', new PluginError('CALL_CANCELLED', { ...target, problem: 'x' })],
    ['the contract', 'contract', new PluginError('RESPONSE_INVALID', { ...target, problem: 'x' })],
  ])('follows from its code: %s', (_, blame, error) => {
    expect(error.blame).toBe(blame);
    expect(isPluginError(error) && error.blame).toBe(blame);
  });

  it('is the same on the other side of a border', () => {
    const { code, details, blame } = new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs: 5 });
    expect(restorePluginError(code, details)?.blame).toBe(blame);
  });
});
