import { closeSync, constants, openSync } from 'node:fs';

/** The descriptor of the first entrance: above those that bubblewrap reads. */
const firstDescriptor = 6;

/** The entrances of a control group, open for a process that is to go in by itself. */
export class OpenEntrances implements Disposable {
  /** What a process inherits from its descriptor 6 on. */
  readonly descriptors: number[] = [];

  /** Opens these files. Whoever goes in needs no right to: the kernel asks who has opened them. */
  constructor(entrances: readonly string[]) {
    try {
      for (const file of entrances) this.descriptors.push(openSync(file, constants.O_WRONLY));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** A command that goes in, gives the entrances up, and becomes the other. Where it cannot go in, it ends and says why. */
  lead(command: readonly [file: string, ...rest: string[]]): readonly [file: string, ...rest: string[]] {
    if (this.descriptors.length === 0) return command;
    const numbers = this.descriptors.map((_, index) => firstDescriptor + index);
    const enter = numbers.map((number) => `echo 0 >&${number}`).join('; ');
    const giveUp = numbers.map((number) => `${number}>&-`).join(' ');
    return ['/bin/sh', '-ec', `${enter}; exec ${giveUp} "$@"`, 'stella-enter-group', ...command];
  }

  [Symbol.dispose](): void {
    for (const descriptor of this.descriptors.splice(0)) closeSync(descriptor);
  }
}
