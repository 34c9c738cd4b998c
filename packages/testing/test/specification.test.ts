import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { specification } from './specification.ts';

describe('the specification', () => {
  it.each(specification)('is tested where it says: $promise', async ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const [file, name] of tests) {
      const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
      expect({ file, found: text.includes(name) ? name : undefined }).toEqual({ file, found: name });
    }
  });
});
