import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { formatInspection, watchHost, type HostInspection } from '../../src/inspection.ts';

const at = new Date('2026-03-01T12:00:00Z');
const inspection: HostInspection = {
  hostId: 'scanner-1',
  at,
  status: 'degraded',
  plugins: [
    {
      id: 'acme.scanner',
      version: '1.2.0',
      trustLevel: 'untrusted',
      state: 'active',
      since: new Date('2026-03-01T11:58:30Z'),
      source: '/opt/plugins/scanner',
      restarts: 2,
      calls: {
        calls: 1042,
        errors: 3,
        errorsByCode: { CALL_FAILED: 3 },
        refused: 0,
        cancelled: 0,
        timedOut: 0,
        inFlight: 1,
        queued: 0,
        p50Ms: 0.41,
        p99Ms: 12.4,
        blockedMs: 0,
      },
      usage: { memoryBytes: 64 * 2 ** 20, cpuMs: 2_340 },
    },
    {
      id: 'acme.late',
      version: '0.1.0',
      trustLevel: 'untrusted',
      state: 'discovery',
      isWaiting: true,
      since: at,
      source: 'b',
    },
    {
      id: 'acme.broken',
      version: '3.0.0',
      trustLevel: 'trusted',
      state: 'failed',
      since: at,
      source: 'c',
      error: new PluginError('LIFECYCLE_FAILED', {
        pluginId: 'acme.broken',
        phase: 'start',
        problem: 'no\u001B[2Jdisk',
      }),
    },
  ],
};

const lines = (text: string): readonly string[] => stripVTControlCharacters(text).split('\n');

describe('the table of a host', () => {
  it('has a line for each plugin, with what it does and uses, below each other', () => {
    const [title = '', heading = '', scanner = '', late = ''] = lines(formatInspection(inspection));
    expect(title).toBe('scanner-1  degraded  2026-03-01T12:00:00.000Z');
    expect(scanner.split(/ {2,}/)).toEqual([
      'acme.scanner',
      '1.2.0',
      'untrusted',
      'active',
      '1 min',
      '2',
      '1042',
      '3',
      '0.41 ms',
      '12 ms',
      '64.0 MiB',
      '2.3 s',
      '-',
    ]);
    expect(late).toContain('waiting');
    for (const column of ['version', 'tier', 'state', 'isolation'])
      expect(scanner[heading.indexOf(column) - 1]).toBe(' ');
  });

  it('says below what a failed plugin failed of, and lets it steer no terminal', () => {
    const text = formatInspection(inspection);
    expect(text).toContain('acme.broken: LIFECYCLE_FAILED: ');
    expect(text).not.toContain('\u001B[2J');
  });

  it('is as wide as it is told at most', () => {
    expect(
      Math.max(
        ...lines(formatInspection(inspection, 40))
          .slice(1)
          .map(({ length }) => length),
      ),
    ).toBe(40);
  });
});

describe('a host that is watched', () => {
  const watch = async (screen: {
    isTTY: boolean;
    columns?: number;
    rows?: number;
  }): Promise<readonly string[]> => {
    const ending = new AbortController();
    const written: string[] = [];
    const write = (text: string): void => {
      written.push(text);
      if (written.length === 2) ending.abort();
    };
    await watchHost(
      { inspect: () => Promise.resolve(inspection) },
      { signal: ending.signal, intervalMs: 1, screen: { ...screen, write } },
    );
    return written;
  };

  it('is drawn in place on a terminal, and cut to its height', async () => {
    const [first = '', second = ''] = await watch({ isTTY: true, columns: 60, rows: 4 });
    expect(first.split('\n')).toHaveLength(4);
    expect(second).toBe(`\r\u001B[3A\u001B[J${first}`);
  });

  it('is written table by table elsewhere', async () => {
    const [first, second] = await watch({ isTTY: false });
    expect(first).toBe(formatInspection(inspection));
    expect(second).toBe(first);
  });
});
