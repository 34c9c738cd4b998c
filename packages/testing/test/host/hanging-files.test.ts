import { describe, expect, it } from '@jest/globals';
import { hangFiles } from '../hang-files.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { statusOf } from './start-host.ts';

describe('a file system that does not answer', () => {
  it('ends a re-scan with a code, and leaves at work what runs', async () => {
    await using gate = await startGateHost('untrusted', { timeouts: { admitTimeoutMs: 2000 } });
    await gate.put('2.0.0');
    {
      await using _ = await hangFiles();
      await expect(gate.host.rescan()).rejects.toMatchObject({ code: 'PACKAGE_INVALID' });
      expect(gate.host.plugins()).toMatchObject([{ version: '1.0.0', state: 'active' }]);
      await expect(gate.gate.version(null)).resolves.toBe('1.0.0');
    }
    await gate.host.rescan();
    expect(statusOf(gate.host, gateId)).toMatchObject({ version: '2.0.0', state: 'active' });
  });

  it('does not keep a sandbox from being given up, nor the host from stopping', async () => {
    await using gate = await startGateHost('untrusted', {
      activation: 'onFirstCall',
      timeouts: { loadTimeoutMs: 100, disposeTimeoutMs: 100 },
    });
    await using _ = await hangFiles();
    await expect(gate.gate.version(null)).rejects.toMatchObject({
      code: 'LIFECYCLE_TIMED_OUT',
      details: { phase: 'load' },
    });
    await gate.host.stop();
    const told = gate.logger.lines.map(({ message }) => message);
    expect(told).toContain('files of this host in the state directory could not be removed');
  });
});
