/** What keeps a value from being JSON data, for people; `undefined` when it is JSON data. */
export function jsonFault(value: unknown): string | undefined {
  try {
    JSON.stringify(value); // a circle has no end
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return faultAt(value, '');
}

function faultAt(value: unknown, place: string): string | undefined {
  const fault = `it is more than JSON data (${place === '' ? 'the whole' : place} is ${nameOf(value)})`;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : fault;
  if (typeof value !== 'object') return fault;
  if (Array.isArray(value)) return firstFault(value.entries(), place);
  // Another realm has another Object.prototype, and what is plain has nothing above it.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return fault;
  return firstFault(
    Object.entries(value).filter(([, member]) => member !== undefined),
    place,
  );
}

function firstFault(members: Iterable<[string | number, unknown]>, place: string): string | undefined {
  for (const [name, member] of members) {
    const fault = faultAt(member, `${place}/${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function nameOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object(value).constructor?.name ?? 'object';
}
