import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findMissingPackages } from '../virtual-machine/debian-packages.ts';
import { findLinkedPackages } from '../virtual-machine/linked-packages.ts';
import {
  addMessage,
  emptyReport,
  formatReport,
  isSuccess,
  readMessage,
} from '../virtual-machine/test-report.ts';

describe('a virtual machine', () => {
  it('is made with Debian packages, each of which is named where it is missing', () => {
    expect(findMissingPackages('/nowhere')).toEqual(['mmdebstrap', 'genext2fs', 'tar', 'qemu-system-x86']);
  });

  it('is given the packages that some links lead to, and those that these need', () => {
    const root = mkdtempSync(join(tmpdir(), 'stella-workspace-'));
    const link = (path: string, target: string): void => {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      mkdirSync(join(root, target), { recursive: true });
      symlinkSync(join(root, target), join(root, path));
    };
    try {
      link('packages/a/node_modules/@scope/b', 'packages/b');
      link('packages/b/node_modules/c', 'node_modules/.pnpm/c@1/node_modules/c');
      link('node_modules/.pnpm/c@1/node_modules/d', 'node_modules/.pnpm/d@2/node_modules/d');
      link('packages/other/node_modules/e', 'node_modules/.pnpm/e@3/node_modules/e');
      expect(findLinkedPackages(root, ['packages/a'])).toEqual([
        'node_modules/.pnpm/c@1',
        'node_modules/.pnpm/d@2',
        'packages/a',
        'packages/b',
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('the report of a virtual machine', () => {
  const lines = [
    '{"kind":"facts","facts":["Linux 6.12"]}',
    'PASS something',
    '{"kind":"result","as":"root","passed":120,"failed":0,"skipped":3,"seconds":61}',
    '{"kind":"result","as":"ordinary user","passed":9,"failed":0,"skipped":0,"seconds":5}',
    '{"kind":"end"}',
  ];
  const reportOf = (texts: readonly string[]): ReturnType<typeof emptyReport> =>
    texts.map(readMessage).reduce(addMessage, emptyReport('tcg'));

  it('is a table with a line for each user, and what ran where', () => {
    expect(formatReport(reportOf(lines)).split('\n')).toEqual([
      'as              passed   failed  skipped  seconds',
      'root               120        0        3       61',
      'ordinary user        9        0        0        5',
      '',
      'Linux 6.12, accelerator tcg',
    ]);
  });

  it('is a success only where something passed as everybody, and nothing failed', () => {
    const failure = '{"kind":"result","as":"x","passed":1,"failed":1,"skipped":0,"seconds":1}';
    const nothing = '{"kind":"result","as":"x","passed":0,"failed":0,"skipped":7,"seconds":1}';
    expect(isSuccess(reportOf(lines))).toBe(true);
    expect(isSuccess(reportOf([...lines, failure]))).toBe(false);
    expect(isSuccess(reportOf([...lines, nothing]))).toBe(false);
    expect(isSuccess(reportOf([]))).toBe(false);
  });

  it('is finished only when the machine says so, and shows what it does not understand', () => {
    expect(reportOf(lines).isFinished).toBe(true);
    expect(reportOf(lines.slice(0, -1)).isFinished).toBe(false);
    expect(readMessage('Segmentation fault')).toEqual({ kind: 'progress', text: 'Segmentation fault' });
  });
});
