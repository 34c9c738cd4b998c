import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { allLaunchMeans } from '../../../src/isolation/machine/launch-means.ts';
import { kernelEvidence, type ExpectedProcess } from '../../../src/isolation/report/kernel-evidence.ts';
import {
  namespaceKinds,
  parseMounts,
  readChildren,
  readProcessFacts,
  type ProcessFacts,
} from '../../../src/isolation/report/process-facts.ts';
import { parseHardLimits } from '../../../src/isolation/machine/resource-limits.ts';

const namespacesOf = (name: string): ProcessFacts['namespaces'] =>
  Object.fromEntries(namespaceKinds.map((kind) => [kind, `${kind}:[${name}]`]));

const expected: ExpectedProcess = {
  hostNamespaces: namespacesOf('host'),
  means: allLaunchMeans,
  uid: 61_000,
  limits: defaultSandboxLimits,
  environment: [],
  libraries: ['/lib/libc.so.6'],
};

/** What the kernel says of a process that is isolated in every respect. */
const isolated: ProcessFacts = {
  status: new Map([
    ['Uid', '61000\t61000\t61000\t61000'],
    ['Groups', ''],
    ['NoNewPrivs', '1'],
    ['Seccomp', '2'],
    ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => [name, '0000000000000000'] as const),
  ]),
  namespaces: namespacesOf('sandbox'),
  environment: ['PATH', 'HOME'],
  mounts: parseMounts(
    [
      '65 42 0:40 /newroot / ro,nosuid,nodev - tmpfs tmpfs rw',
      '66 65 254:0 /lib/libc.so.6 /lib/libc.so.6 ro,nosuid,nodev - ext4 /dev/vda rw',
      '78 65 0:41 / /proc rw,nosuid,nodev,noexec - proc proc rw',
      '118 65 0:51 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=32768k',
    ].join('\n'),
  ),
  routes: ['lo'],
  limits: parseHardLimits(
    [
      'Max file size             134217728            134217728            bytes',
      'Max core file size        1                    1                    bytes',
      'Max open files            256                  256                  files',
      'Max locked memory         65536                65536                bytes',
      'Max msgqueue size         0                    0                    bytes',
      'Max realtime priority     0                    0',
    ].join('\n'),
  ),
};

/** The aspects that this evidence speaks against. */
function against(first: ProcessFacts, runner: ProcessFacts, change: Partial<ExpectedProcess> = {}) {
  return kernelEvidence({ first, runner }, { ...expected, ...change })
    .filter(({ held }) => !held)
    .map(({ aspect, tried, saw }) => `${aspect}: ${tried}: ${saw}`);
}

const withStatus = (key: string, value: string): ProcessFacts => ({
  ...isolated,
  status: new Map([...isolated.status, [key, value]]),
});

const withMount = (line: string): ProcessFacts => ({
  ...isolated,
  mounts: [...(isolated.mounts ?? []), ...parseMounts(line)],
});

const withNamespace = (kind: keyof ProcessFacts['namespaces']): ProcessFacts => ({
  ...isolated,
  namespaces: { ...isolated.namespaces, [kind]: expected.hostNamespaces[kind] },
});

const holes: readonly (readonly [string, ProcessFacts])[] = [
  ["fileSystem: mount namespace: the host's", withNamespace('mnt')],
  ["network: network namespace: the host's", withNamespace('net')],
  ["processes: process namespace: the host's", withNamespace('pid')],
  ["processes: IPC namespace: the host's", withNamespace('ipc')],
  ["environment: host name namespace: the host's", withNamespace('uts')],
  ["environment: control group namespace: the host's", withNamespace('cgroup')],
  ["privileges: user namespace: the host's", withNamespace('user')],
  ['fileSystem: mounts that nobody asked for: /etc', withMount('1 1 1:1 /etc /etc ro - ext4 /dev/vda rw')],
  [
    'fileSystem: mounts to write to, beside /tmp: /plugin',
    withMount('1 1 1:1 / /plugin rw - ext4 /dev/vda rw'),
  ],
  ['network: routes: eth0', { ...isolated, routes: ['eth0'] }],
  [
    'environment: names of variables: AWS_SECRET_ACCESS_KEY',
    { ...isolated, environment: ['AWS_SECRET_ACCESS_KEY'] },
  ],
  ['privileges: user: root', withStatus('Uid', '61000\t0\t61000\t61000')],
  ['privileges: user: not its own', withStatus('Uid', '61001\t61001\t61001\t61001')],
  ["privileges: user: its own, in others' groups", withStatus('Groups', '27 61000')],
  ['privileges: capabilities: CapBnd', withStatus('CapBnd', '000001ffffffffff')],
  ['privileges: NoNewPrivs: 0', withStatus('NoNewPrivs', '0')],
  ['systemCalls: Seccomp: 0', withStatus('Seccomp', '0')],
];

describe('what the kernel says of a sandbox', () => {
  it('speaks for one that is isolated in every respect', () => {
    expect(against(isolated, isolated)).toEqual([]);
  });

  it.each(holes)('speaks against it, be it the runner or the first process: %s', (hole, facts) => {
    expect(against(isolated, facts)).toEqual([hole]);
    expect(against(facts, isolated)).toEqual([hole]);
  });

  it('is compared with the limits that were asked for', () => {
    expect(against(isolated, isolated, { limits: { ...defaultSandboxLimits, maxOpenFiles: 255 } })).toEqual([
      'fileSystem: limits of open files and their size: Max open files is higher',
    ]);
  });

  it('lets the first process keep privileges where there are no user namespaces, but not the runner', () => {
    const means = { ...allLaunchMeans, userNamespace: false };
    const root = withStatus('Uid', '0\t0\t0\t0');
    expect(against(root, isolated, { means })).toEqual([]);
    expect(against(isolated, root, { means })).toEqual(['privileges: user: root']);
  });

  it('speaks against all of it when the process is gone', async () => {
    const gone = await readProcessFacts(2 ** 30);
    const evidence = kernelEvidence({ first: gone, runner: gone }, expected);
    expect(evidence.filter(({ held }) => held)).toEqual([]);
    expect(await readChildren(2 ** 30)).toEqual([]);
  });
});
