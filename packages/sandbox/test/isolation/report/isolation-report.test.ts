import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  isolationAspects,
  isolationShortfall,
  type IsolationAspect,
  type IsolationReport,
} from '@stellaops/plugin-abstractions/hosting';
import {
  BubblewrapLauncher,
  type BubblewrapLauncherParts,
} from '../../../src/isolation/start/bubblewrap-launcher.ts';
import type { RunnerObservation } from '../../../src/isolation/isolation.ts';
import { learnIsolation } from '../../../src/isolation/find/learn-isolation.ts';
import type { DefenceName } from '../../hostile/defences.ts';
import { findLauncherParts } from '../../hostile/launcher-parts.ts';
import { weakenParts } from '../../hostile/weakened-isolation.ts';
import { describeAsRoot, startStandIn } from '../stand-in.ts';
import { makeSelfCheck } from './self-check.ts';

describeAsRoot('the isolation report', () => {
  const cleanUp = new AsyncDisposableStack();
  let directory: string;
  let parts: BubblewrapLauncherParts;
  beforeAll(async () => {
    directory = await mkdtemp('/tmp/stella-report-');
    cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
    await chmod(directory, 0o755);
    await mkdir(join(directory, 'commands'));
    await chmod(join(directory, 'commands'), 0o755);
    parts = await findLauncherParts();
  });
  afterAll(() => cleanUp.disposeAsync());

  /** As a host goes about it, with a launcher that lacks these defences. */
  async function inspectWithout(...removed: readonly DefenceName[]): Promise<IsolationReport> {
    const weakened = await weakenParts(parts, removed, { directory });
    // What changes the command needs more processes than a trial may have.
    const { prlimit } = parts.tools;
    const known = await learnIsolation({ ...weakened, tools: { ...weakened.tools, prlimit } });
    const launcher = new BubblewrapLauncher({ ...weakened, known });
    await using standIn = await startStandIn({
      ...(await makeSelfCheck()),
      isolation: {
        probe: () => Promise.resolve(undefined),
        launch: (request) => launcher.launch(request),
      },
    });
    const observations = (await standIn.report()) as readonly RunnerObservation[];
    await standIn.process.applyCpuLimit();
    return await standIn.process.inspect(Promise.resolve(observations));
  }

  function missingFrom({ aspects }: IsolationReport): readonly IsolationAspect[] {
    return isolationAspects.filter((aspect) => aspects[aspect].state !== 'enforced');
  }

  it('says of a healthy sandbox that every aspect is enforced, by what, and who saw it', async () => {
    const report = await inspectWithout();
    expect(isolationShortfall(report, isolationAspects)).toBeUndefined();
    expect(report.mechanism).toMatch(/^bubblewrap \d+\.\d+/);
    const told = isolationAspects.map((aspect) => {
      const { state, evidence } = report.aspects[aspect];
      return [aspect, state, ...new Set(evidence.map(({ source }) => source))];
    });
    expect(told).toEqual([
      ['fileSystem', 'enforced', 'runner', 'kernel'],
      ['network', 'enforced', 'runner', 'kernel'],
      ['processes', 'enforced', 'runner', 'kernel'],
      ['environment', 'enforced', 'runner', 'kernel'],
      ['privileges', 'enforced', 'runner', 'kernel'],
      ['systemCalls', 'enforced', 'runner', 'kernel', 'trial'],
      ['memory', 'enforced', 'kernel', 'trial'],
      ['cpu', 'enforced', 'runner', 'kernel', 'trial'],
      ['processCount', 'enforced', 'kernel', 'trial'],
    ]);
    expect(report.aspects.network.by).toEqual(['network namespace']);
    expect(report.aspects.memory.by).toEqual([expect.stringMatching(/^cgroup v[12] memory$/)]);
    expect(report.aspects.systemCalls.by).toEqual(['seccomp filter']);
  });

  it('is the same for the same isolation, so that two can be compared', async () => {
    expect(await inspectWithout()).toEqual(await inspectWithout());
  });

  it.each<readonly [DefenceName, IsolationAspect]>([
    ['own file system', 'fileSystem'],
    ['read-only mounts', 'fileSystem'],
    ['own devices', 'fileSystem'],
    ['masked /proc', 'fileSystem'],
    ['open files limit', 'fileSystem'],
    ['file size limit', 'fileSystem'],
    ['network namespace', 'network'],
    ['ipc namespace', 'processes'],
    ['name namespace', 'environment'],
    ['control group namespace', 'environment'],
    ['user of its own', 'privileges'],
    ['core file limit', 'privileges'],
    ['filter of system calls', 'systemCalls'],
    ['memory limit', 'memory'],
    ['locked memory limit', 'memory'],
    ['message queue limit', 'memory'],
    ['processor limit', 'cpu'],
    ['process limit', 'processCount'],
  ])('finds that there is no %s: %s is not enforced, and all else is', async (defence, aspect) => {
    const report = await inspectWithout(defence);
    expect(missingFrom(report)).toEqual([aspect]);
    expect(isolationShortfall(report, isolationAspects)).toMatch(new RegExp(`^${aspect} \\(`));
  });

  it.each<readonly [IsolationAspect, ...DefenceName[]]>([
    ['processes', 'process namespace'],
    ['privileges', 'no privileges'],
    ['environment', 'environment emptied by the host', 'environment emptied by bubblewrap'],
  ])('finds that %s is not enforced without %s', async (aspect, ...removed) => {
    expect(missingFrom(await inspectWithout(...removed))).toContain(aspect);
  });
});
