import { isPluginError, type PluginError } from '@stellaops/plugin-abstractions';
import type { SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { reportLine, writeCrashReport } from './crash-report.ts';
import { EndRecord, type HostIntention } from './end-record.ts';
import { explainEnd, type EndExplanation } from './explain-end.ts';
import type { PluginLog } from './plugin-log.ts';
import type { RunnerSession } from './runner-session.ts';
import type { SandboxExit } from './sandbox-process.ts';
import type { Secrets } from './secrets.ts';

/** What the end of a sandbox is told with. */
export interface SandboxEndParts {
  readonly launch: SandboxLaunch;
  readonly log: PluginLog;
  readonly secrets: Secrets;
}

/** The end of one sandbox: gathers what will explain it, and reports it once. */
export class SandboxEnd {
  readonly #parts: SandboxEndParts;
  readonly #record = new EndRecord();
  #session: RunnerSession | undefined;

  constructor(parts: SandboxEndParts) {
    this.#parts = parts;
  }

  /** Whether the sandbox is about to end, or has. */
  get isKnown(): boolean {
    return this.#record.isKnown;
  }

  /** The conversation whose calls and steps count from now on. */
  follow(session: RunnerSession): void {
    this.#session = session;
  }

  /** The host ends the sandbox, for this reason if it is the first. */
  intend(intention: HostIntention): void {
    this.#record.intend(intention);
    this.noticed();
  }

  /** Somebody disposes the sandbox, whatever it is at. */
  intendDisposal(): void {
    this.intend({ kind: 'disposed', during: this.#session?.steps.underWay });
  }

  /** Its connection was closed with an error of the framework, which tells what the runner did wrong. */
  intendViolation(error: PluginError): void {
    const isHandshake = isPluginError(error, 'SANDBOX_HANDSHAKE_FAILED');
    const isViolation = isPluginError(error, 'SANDBOX_PROTOCOL_VIOLATION');
    const problem = isHandshake || isViolation ? error.details.problem : error.message;
    this.intend({
      kind: 'violation',
      problem: reportLine(this.#parts.secrets, problem),
      code: isHandshake ? error.code : 'SANDBOX_PROTOCOL_VIOLATION',
    });
  }

  /** The sandbox is about to end: what it is at now is what the report tells. */
  noticed(): void {
    this.#record.mark(this.#session?.callsInFlight);
  }

  /** The plugin was silent and was asked for a sign of life. */
  asked(throttledMs: Promise<number | undefined>): void {
    this.#record.asked(throttledMs);
  }

  /** Explains the end, tells it to the host of the launch, and closes the log. To be called once, when all is read and gone. */
  async report(exit: SandboxExit): Promise<EndExplanation> {
    const { launch, log, secrets } = this.#parts;
    const moment = this.#record.mark(this.#session?.callsInFlight);
    const action = this.#session?.steps.isStopAnswered
      ? ({ kind: 'stopped' } as const)
      : await this.#record.action(exit.throttledMs);
    const { descriptor, limits } = launch;
    const { isHeapExhausted, recentLines } = log;
    const explanation = explainEnd({
      ...exit,
      pluginId: descriptor.info.id,
      limits,
      action,
      isHeapExhausted,
    });
    log.close();
    if (exit.leftBehind !== undefined)
      launch.logger.warn({ leftBehind: exit.leftBehind }, 'not all of a sandbox could be cleared away');
    launch.onEnd(writeCrashReport(explanation, moment, exit, recentLines, secrets));
    return explanation;
  }
}
