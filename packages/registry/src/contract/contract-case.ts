import assert from 'node:assert/strict';
import { isDate } from 'node:util/types';
import { isPluginError, type PluginErrorCode, type PluginErrorDetails } from '@stellaops/plugin-abstractions';
import type { PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';

/** Gives a catalogue with nothing in it. */
export type OpenCatalogue = () => Promise<PluginCatalogue>;

/** One promise of a catalogue, for any test runner: `it(name, () => run(open))`. */
export interface ContractCase {
  /** A sentence about a catalogue. */
  readonly name: string;
  /** Rejects when the catalogue does not keep the promise. What it opens it closes. */
  readonly run: (open: OpenCatalogue) => Promise<void>;
}

/** A promise that takes one catalogue to check. */
export function contractCase(
  name: string,
  check: (catalogue: PluginCatalogue) => Promise<void>,
): ContractCase {
  const run = async (open: OpenCatalogue): Promise<void> => {
    await using catalogue = await open();
    await check(catalogue);
  };
  return { name, run };
}

/** Rejects when two values differ. What is missing and what is `undefined` is the same. */
export function assertSame(actual: unknown, expected: unknown): void {
  assert.deepEqual(plain(actual), plain(expected));
}

/** Rejects when the work is done, or is refused with another code or other details. */
export async function assertRefused<Code extends PluginErrorCode>(
  work: Promise<unknown>,
  code: Code,
  details: Partial<PluginErrorDetails<Code>>,
): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(isPluginError(error), `it was refused by ${String(error)}, and not by a PluginError`);
    assert.equal(error.code, code, error.message);
    const actual = Object.fromEntries(
      Object.entries(error.details).filter(([name]) => Object.hasOwn(details, name)),
    );
    assertSame(actual, details);
    return true;
  });
}

/** A copy of which the prototypes are those of here: test runners have several realms. */
function plain(value: unknown): unknown {
  if (isDate(value)) return new Date(value.getTime());
  if (Array.isArray(value)) return Array.from(value, plain);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}
