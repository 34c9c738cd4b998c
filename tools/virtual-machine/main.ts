/**
 * `pnpm virtual-machine`: the tests of the sandbox as root and as an ordinary user, on a Debian with cgroup v2 and systemd. With
 * `--suite` another release than the default; with patterns only these tests.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { archiveRepository } from './archive-repository.ts';
import { bootMachine } from './boot-machine.ts';
import { findMissingPackages } from './debian-packages.ts';
import { prepareImage } from './system-image.ts';
import { formatReport, isSuccess } from './test-report.ts';

const { values, positionals } = parseArgs({
  options: { suite: { type: 'string', default: 'trixie' } },
  allowPositionals: true,
});
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'stella-virtual-machine');

const missing = findMissingPackages();
if (missing.length > 0) {
  console.error(`A virtual machine needs Debian packages: apt-get install ${missing.join(' ')}`);
  process.exit(1);
}
try {
  const image = await prepareImage(values.suite, join(cache, values.suite));
  const archive = join(cache, 'repository.tar');
  await archiveRepository(archive, positionals);
  const report = await bootMachine({ image, archive, consoleLog: join(cache, 'console.log') });
  console.log(`\n${formatReport(report)}`);
  process.exitCode = isSuccess(report) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
