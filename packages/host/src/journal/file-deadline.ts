import { PluginError, type Logger } from '@stellaops/plugin-abstractions';
import { withDeadline } from '../deadline.ts';

/** What is asked of a file system that may hang: it has so long for each thing, and is asked nothing else while it owes an answer. */
export class FileDeadline {
  readonly #directory: string;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  /** Whoever waits for a file takes a thread of the process, of which there are few. */
  #isHung = false;

  /** `directory` is the state directory. */
  constructor(directory: string, timeoutMs: number, logger: Logger) {
    this.#directory = directory;
    this.#timeoutMs = timeoutMs;
    this.#logger = logger;
  }

  /** Does the work. Rejects as it does, and with `STATE_DIRECTORY_INVALID` in time; when the work ends after all, `tooLate` undoes it. */
  run<Result>(
    work: () => Promise<Result>,
    tooLate: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Result> {
    if (this.#isHung) return Promise.reject(this.#late());
    const timeoutMs = this.#timeoutMs;
    const working = work();
    const timedOut = (): PluginError => {
      this.#isHung = true;
      working
        .then(tooLate)
        .catch((problem: unknown) => this.#logger.error({ err: problem }, 'a journal was left as it is'))
        .finally(() => (this.#isHung = false));
      return this.#late();
    };
    return withDeadline({ timeoutMs, timedOut, cancelled: timedOut }, () => working);
  }

  #late(): PluginError {
    const problem = `its journal did not answer within ${this.#timeoutMs} ms (timeouts.journalTimeoutMs)`;
    return new PluginError('STATE_DIRECTORY_INVALID', { directory: this.#directory, problem });
  }
}
