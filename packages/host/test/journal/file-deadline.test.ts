import { describe, expect, it, jest } from '@jest/globals';
import { FileDeadline } from '../../src/journal/file-deadline.ts';
import { silentLogger } from '../linked-plugin.ts';

const late = { code: 'STATE_DIRECTORY_INVALID', details: { directory: '/var/lib/hung' } };
const deadline = () => new FileDeadline('/var/lib/hung', 20, silentLogger);

describe('a file system that owes an answer', () => {
  it('is asked nothing else until it has given it', async () => {
    const files = deadline();
    const answer = Promise.withResolvers<void>();
    const ask = jest.fn(() => Promise.resolve('an answer'));
    await expect(files.run(() => answer.promise)).rejects.toMatchObject(late);
    await expect(files.run(ask)).rejects.toMatchObject(late);
    expect(ask).not.toHaveBeenCalled();
    answer.resolve();
    await new Promise(setImmediate);
    await expect(files.run(ask)).resolves.toBe('an answer');
  });

  it.each([
    ['what it did is undone', () => Promise.resolve()],
    ['what it did cannot be undone', () => Promise.reject(new Error('EIO'))],
  ])('is used again when %s', async (_, undoing) => {
    const files = deadline();
    const answer = Promise.withResolvers<void>();
    const undo = jest.fn(undoing);
    await expect(files.run(() => answer.promise, undo)).rejects.toMatchObject(late);
    answer.resolve();
    await new Promise(setImmediate);
    expect(undo).toHaveBeenCalledTimes(1);
    await expect(files.run(() => Promise.resolve())).resolves.toBeUndefined();
  });
});
