import { setTimeout as wait } from 'node:timers/promises';
import { formatInspection } from './format-inspection.ts';
import type { HostInspection } from './host-inspection.ts';

/** Where a host is shown: standard output, as a rule. */
export interface WatchScreen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** How a host is watched. */
export interface WatchOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** From one look to the next, in milliseconds. Default 1000. */
  readonly intervalMs?: number;
  /** Default: standard output. */
  readonly screen?: WatchScreen;
}

/**
 * Shows the table of a host again and again: in place on a terminal, elsewhere one table below the other. Resolves when the signal is
 * aborted; keeps no process alive.
 */
export async function watchHost(
  host: { inspect(): Promise<HostInspection> },
  { signal, intervalMs = 1_000, screen = process.stdout }: WatchOptions,
): Promise<void> {
  let drawn = 0;
  while (!signal.aborted) {
    const { isTTY, columns, rows } = screen;
    const table = formatInspection(await host.inspect(), isTTY ? columns : undefined);
    // A terminal scrolls what is longer than itself, and could not be drawn over.
    const lines = table.split('\n').slice(0, isTTY && rows !== undefined ? rows : undefined);
    // Cursor up, and erase below it: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
    const back = isTTY && drawn > 0 ? `\r\u001B[${drawn}A\u001B[J` : '';
    screen.write(back + lines.join('\n'));
    drawn = lines.length - 1;
    await wait(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
