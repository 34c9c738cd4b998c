import { describe, expect, it } from '@jest/globals';
import { lastKnownSystemCall, systemCallArchitectures } from '../../src/isolation/seccomp/architectures.ts';
import { assembleBpf } from '../../src/isolation/seccomp/bpf-assembler.ts';
import { deniedSystemCalls } from '../../src/isolation/seccomp/denied-system-calls.ts';
import { buildSeccompFilter } from '../../src/isolation/seccomp/filter.ts';
import { runBpf } from './bpf-interpreter.ts';

const allowed = 0x7fff0000;
const killed = 0x80000000;
const notPermitted = 0x00050001;
const notImplemented = 0x00050026;

const i386 = 0x40000003;
const arm32 = 0x40000028;

describe.each(['x64', 'arm64'] as const)('the system call filter for %s', (name) => {
  const architecture = systemCallArchitectures[name]!;
  const program = buildSeccompFilter(name)!;
  const answer = (number: number, ...values: readonly bigint[]): number =>
    runBpf(program, { number, auditArchitecture: architecture.auditArchitecture, arguments: values });

  const denied = deniedSystemCalls.flatMap(({ calls, error }) =>
    Object.entries(calls).flatMap(([call, numbers]) => {
      const number = numbers[architecture.column];
      return number === undefined ? [] : [{ call, number, error }];
    }),
  );

  it.each(denied)('answers $call with $error', ({ number, error }) => {
    expect(answer(number)).toBe(error === 'ENOSYS' ? notImplemented : notPermitted);
  });

  it('allows every other call that it knows', () => {
    const decided = new Set([
      ...denied.map(({ number }) => number),
      architecture.socket,
      architecture.socketpair,
    ]);
    decided.add(architecture.personality);
    const others = Array.from({ length: lastKnownSystemCall + 1 }, (_, number) => number).filter(
      (number) => !decided.has(number) && number !== architecture.prctl,
    );
    expect(others.filter((number) => answer(number) !== allowed)).toEqual([]);
  });

  it('answers calls that came after the last one it knows as a kernel without them', () => {
    expect(
      [1, 2, 500, 0x3fffffff - lastKnownSystemCall].map((more) => answer(lastKnownSystemCall + more)),
    ).toEqual(Array.from({ length: 4 }, () => notImplemented));
  });

  it('ends a process that calls by the numbers of another architecture', () => {
    const foreign = [
      i386,
      arm32,
      systemCallArchitectures[name === 'x64' ? 'arm64' : 'x64']!.auditArchitecture,
    ];
    expect(foreign.map((auditArchitecture) => runBpf(program, { number: 0, auditArchitecture }))).toEqual([
      killed,
      killed,
      killed,
    ]);
  });

  it('gives Unix sockets and no others, whatever the upper half of the argument holds', () => {
    const families = Array.from({ length: 64 }, (_, family) => BigInt(family));
    for (const call of [architecture.socket, architecture.socketpair]) {
      expect(families.filter((family) => answer(call, family) === allowed)).toEqual([1n]);
      expect(answer(call, 0x1_0000_0002n)).toBe(notPermitted);
      expect(answer(call, 0x1_0000_0001n)).toBe(allowed);
    }
  });

  it('lets clone make processes and threads, and no namespace', () => {
    const threadOfGlibc = 0x3d0f00n;
    const fork = 0x1200011n;
    expect([answer(architecture.clone, threadOfGlibc), answer(architecture.clone, fork)]).toEqual([
      allowed,
      allowed,
    ]);
    const namespaces = [0x20000n, 0x2000000n, 0x4000000n, 0x8000000n, 0x10000000n, 0x20000000n, 0x40000000n];
    for (const flag of namespaces) expect(answer(architecture.clone, flag | 17n)).toBe(notPermitted);
  });

  it('denies putting characters into a terminal, whatever the upper half of the argument holds', () => {
    const [tiocsti, tioclinux, tcgets] = [0x5412n, 0x541cn, 0x5401n];
    expect(answer(architecture.ioctl, 0n, tiocsti)).toBe(notPermitted);
    expect(answer(architecture.ioctl, 0n, tioclinux)).toBe(notPermitted);
    expect(answer(architecture.ioctl, 0n, tiocsti | (1n << 32n))).toBe(notPermitted);
    expect(answer(architecture.ioctl, tiocsti, tcgets)).toBe(allowed);
  });

  it('denies undoing that a plugin dies with its host', () => {
    expect(answer(architecture.prctl, 1n)).toBe(notPermitted);
    expect(answer(architecture.prctl, 1n | (1n << 32n))).toBe(notPermitted);
    expect(answer(architecture.prctl, 15n)).toBe(allowed);
  });

  it('denies every personality but the plain one', () => {
    expect([0n, 0xffffffffn].map((persona) => answer(architecture.personality, persona))).toEqual([
      allowed,
      allowed,
    ]);
    expect([0x40000n, 0x400000n, 8n].map((persona) => answer(architecture.personality, persona))).toEqual([
      notPermitted,
      notPermitted,
      notPermitted,
    ]);
  });
});

describe('the system call filter', () => {
  it('ends a process that uses the x32 ABI of x86-64', () => {
    const { auditArchitecture } = systemCallArchitectures['x64']!;
    const answers = [0x40000000, 0x40000027, 0xffffffff].map((number) =>
      runBpf(buildSeccompFilter('x64')!, { number, auditArchitecture }),
    );
    expect(answers).toEqual([killed, killed, killed]);
  });

  it('is not made for an architecture whose calls nobody looked at', () => {
    expect(buildSeccompFilter('riscv64')).toBeUndefined();
  });

  it('gives a reason for each call, and names each once', () => {
    const names = deniedSystemCalls.flatMap(({ calls }) => Object.keys(calls));
    expect(new Set(names).size).toBe(names.length);
    expect(deniedSystemCalls.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });

  it('is not assembled when a jump leads nowhere, back or too far', () => {
    const far = Array.from({ length: 256 }, () => ({ answer: 0 }));
    const jump = { jump: 'equal', value: 0, yes: 'end' } as const;
    expect(() => assembleBpf([jump, { answer: 0 }])).toThrow('jumps to "end"');
    expect(() => assembleBpf([{ label: 'end' }, jump])).toThrow('jumps -1 instructions');
    expect(() => assembleBpf([jump, ...far, { label: 'end' }, { answer: 0 }])).toThrow(
      'jumps 256 instructions',
    );
  });
});
