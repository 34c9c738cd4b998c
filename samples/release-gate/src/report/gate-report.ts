import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Receipt, ScanResult, Verdict } from '@stellaops-samples/release-gate-contracts';
import type { PluginStatus } from '@stellaops/plugin-host';
import { formatPlugins } from './plugins.ts';
import { printable } from '../printable.ts';
import { ProgressLine } from './progress.ts';
import { formatRegistry, type KnownBefore } from './registry.ts';
import { formatVerdict } from './verdict.ts';

/** What the user sees of a run, in the order in which it happens. */
export class GateReport {
  readonly #output: NodeJS.WriteStream;
  readonly #progress: ProgressLine;
  #scanBegan = 0;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
    this.#progress = new ProgressLine(output);
  }

  plugins(plugins: readonly PluginStatus[]): void {
    this.#section('Plugins', formatPlugins(plugins));
  }

  registry(known: KnownBefore): void {
    this.#section('Registry', formatRegistry(known));
  }

  scanBegins(lockfile: string): void {
    this.#scanBegan = performance.now();
    this.#section('Scan', `  ${printable(lockfile)}\n`);
  }

  progress(doing: string, fraction: number): void {
    this.#progress.show(printable(doing), fraction);
  }

  scannerKilled(processId: number | undefined): void {
    this.#progress.clear();
    const whom =
      processId === undefined ? 'it has no process to kill' : `SIGKILL to its process ${processId}`;
    this.#output.write(`  ${styleText('yellow', 'the scanner is at work: now it crashes')}, ${whom}\n`);
  }

  scanned({ components, problem }: ScanResult, logFile: string): void {
    this.#progress.clear();
    const seconds = ((performance.now() - this.#scanBegan) / 1000).toFixed(2);
    this.#output.write(
      problem === undefined
        ? `  ${components.length} components in ${seconds} s\n`
        : `  ${styleText('red', 'not scanned')}: ${printable(problem)}\n  The log is ${relative('', logFile)}\n`,
    );
  }

  verdict(verdict: Verdict): void {
    this.#section('Verdict', `  ${formatVerdict(verdict, this.#output.columns || undefined)}`);
  }

  delivered(receipt: Receipt): void {
    this.#section('Evidence', `  delivered to ${printable(receipt.url)}, receipt ${printable(receipt.id)}\n`);
  }

  notDelivered(problem: string): void {
    this.#section('Evidence', `  ${styleText('red', 'not delivered')}: ${printable(problem)}\n`);
  }

  afterCrash(plugins: readonly PluginStatus[], isContained: boolean): void {
    this.#section('Plugins after the crash', formatPlugins(plugins));
    const lesson = isContained
      ? styleText('green', 'The crash stayed in the sandbox: the host and the other plugins worked on.')
      : styleText('red', 'The crash was not contained as expected.');
    this.#output.write(`\n${lesson}\n`);
  }

  #section(title: string, text: string): void {
    this.#output.write(`\n${styleText('bold', title)}\n${text}`);
  }
}
