import {
  detectBubblewrapFeatures,
  type BubblewrapFeatures,
} from '../isolation/machine/bubblewrap-features.ts';
import { askProgram } from '../isolation/machine/ask-program.ts';
import { findExecutable } from '../isolation/machine/find-executable.ts';
import type { ToolSearch } from '../isolation/find/find-programs.ts';
import { diagnose } from '../isolation/find/obstacles.ts';
import { isMusl, missingPrograms, muslNode } from '../isolation/find/prerequisites.ts';
import { findSharedLibraries } from '../isolation/machine/shared-libraries.ts';
import { check } from './check-basics.ts';
import type { MachineCheck } from './machine-report.ts';

/** The programs of the system that sandboxes are made with, and what Node is linked with. */
export async function checkPrograms({ nodeFile, searchPath }: ToolSearch): Promise<readonly MachineCheck[]> {
  const [bwrap, prlimit, ldd, setpriv] = await Promise.all(
    ['bwrap', 'prlimit', 'ldd', 'setpriv'].map((name) => findExecutable(name, searchPath)),
  );
  return [
    bwrap === undefined ? check('bubblewrap', '', missingPrograms.bwrap) : await checkBubblewrap(bwrap),
    check('prlimit', prlimit ?? '', prlimit === undefined ? missingPrograms.prlimit : undefined),
    check('ldd', ldd ?? '', ldd === undefined ? missingPrograms.ldd : undefined),
    // Only root without user namespaces needs it.
    { name: 'setpriv', state: setpriv === undefined ? 'weaker' : 'good', found: setpriv ?? 'not installed' },
    ldd === undefined
      ? { name: 'C library', state: 'unknown', found: 'ldd is missing' }
      : await checkLibrary(ldd, nodeFile),
  ];
}

async function checkBubblewrap(file: string): Promise<MachineCheck> {
  const features = await detectBubblewrapFeatures(file);
  if ('problem' in features) return check('bubblewrap', '', features);
  const lacking = lackingFeatures(features);
  const version = await readVersion(file);
  if (lacking.length === 0) return check('bubblewrap', version);
  return {
    name: 'bubblewrap',
    state: 'weaker',
    found: `${version}, without ${lacking.join(' and ')}`,
    fix: 'Install bubblewrap 0.8.0 or later.',
  };
}

function lackingFeatures({ hasTmpfsSize, hasDisableUserns }: BubblewrapFeatures): readonly string[] {
  return [...(hasTmpfsSize ? [] : ['--size']), ...(hasDisableUserns ? [] : ['--disable-userns'])];
}

async function readVersion(file: string): Promise<string> {
  const { stdout } = await askProgram(file, ['--version']).catch(() => ({ stdout: 'of unknown version' }));
  return stdout.trim().replace(/^bubblewrap /, '');
}

async function checkLibrary(lddFile: string, nodeFile: string): Promise<MachineCheck> {
  try {
    const libraries = await findSharedLibraries(lddFile, nodeFile);
    return check('C library', 'glibc', libraries.some(isMusl) ? muslNode : undefined);
  } catch (error) {
    return check('C library', '', diagnose(error instanceof Error ? error.message : String(error)));
  }
}
