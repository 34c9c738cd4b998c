import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { delegateGroups } from '../isolation/delegated-groups.ts';
import { asUser } from '../isolation/lacking-machines.ts';
import { makeOrdinaryPrograms, ordinaryUser } from '../isolation/ordinary-programs.ts';
import type { Outcome } from './run-suite.ts';

const path = (name: string): string => new URL(name, import.meta.url).pathname;

/** The suite once more, as a user that root gave control groups to, and nothing else. */
export async function runAsOrdinaryUser(): Promise<readonly Outcome[]> {
  await using programs = await makeOrdinaryPrograms(path('fixtures/run-suite.ts'), [
    path('weaken-command.mts'),
  ]);
  await using delegated = await delegateGroups();
  const [file, ...args] = delegated.enter(asUser(ordinaryUser, programs.host));
  const { stdout } = await promisify(execFile)(file, args, { cwd: '/', maxBuffer: 2 ** 24 });
  return JSON.parse(stdout);
}
