import { describe, expect, it } from '@jest/globals';
import { completeOptions } from '../src/host-options.ts';
import { defaultSettings, lowerSettings } from '../src/plugin-settings.ts';

describe('the settings of one plugin', () => {
  const options = completeOptions({
    limits: { memoryLimitMiB: 512 },
    timeouts: { callTimeoutMs: 1000 },
    perPlugin: {
      'acme.large': { limits: { memoryLimitMiB: 2048 }, messages: { maxCallsInFlight: 4 } },
      'acme.plain': { waivedIsolation: ['cpu'] },
    },
  });

  it('are those of the host where nothing is said of it', () => {
    expect(options.settingsOf('acme.other')).toEqual({
      ...defaultSettings,
      limits: { ...defaultSettings.limits, memoryLimitMiB: 512 },
      timeouts: { ...defaultSettings.timeouts, callTimeoutMs: 1000 },
    });
  });

  it('take the place of single settings of the host', () => {
    expect(options.settingsOf('acme.large')).toMatchObject({
      limits: { memoryLimitMiB: 2048, cpuLimitCores: 1 },
      messages: { maxCallsInFlight: 4 },
      timeouts: { callTimeoutMs: 1000 },
      waivedIsolation: [],
    });
    expect(options.settingsOf('acme.plain').waivedIsolation).toEqual(['cpu']);
  });

  it('are refused with the plugin and the option named', () => {
    expect(() => completeOptions({ perPlugin: { 'acme.x': { limits: { maxProcesses: 0 } } } })).toThrow(
      "perPlugin['acme.x'].limits.maxProcesses must be a positive number, not 0",
    );
    for (const instances of [0, 1.5, Infinity])
      expect(() => completeOptions({ perPlugin: { 'acme.x': { instances } } })).toThrow(
        `perPlugin['acme.x'].instances is a whole number from 1, not ${instances}`,
      );
    const misspelt = { timeouts: { callTimeout: 1 } } as object;
    expect(() => completeOptions({ perPlugin: { 'acme.x': misspelt } })).toThrow(
      "perPlugin['acme.x'].timeouts.callTimeout is no option of a host",
    );
    const unheardOf = { waivedIsolation: ['everything'] } as object;
    expect(() => completeOptions({ perPlugin: { 'acme.x': unheardOf } })).toThrow(
      "perPlugin['acme.x'].waivedIsolation names everything, and there are fileSystem, network,",
    );
  });

  it('become less, and never more, by what the manifest asks for', () => {
    const asked = { memoryLimitMiB: 64, cpuLimitCores: 16, callTimeoutMs: 500, jsonLimitBytes: 1 << 30 };
    const settings = lowerSettings(defaultSettings, asked);
    expect(settings.limits).toEqual({ ...defaultSettings.limits, memoryLimitMiB: 64 });
    expect(settings.timeouts).toEqual({ ...defaultSettings.timeouts, callTimeoutMs: 500 });
    expect(settings.messages).toEqual(defaultSettings.messages);
  });
});
