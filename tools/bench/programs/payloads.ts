/** Structured data, as requests and answers are in practice. */
export interface Records {
  records: { id: number; name: string; score: number; tags: string[] }[];
}

const recordBytes = 100;

/** Data whose JSON has exactly this many bytes, at least 80. */
export function recordsOf(bytes: number): Records {
  const count = Math.max(1, Math.floor(bytes / recordBytes) - 1);
  const record = (id: number, name: string) => ({ id, name, score: 0.5, tags: ['stable', 'linux'] });
  const records = Array.from({ length: count }, (_, id) => record(id, `component ${id} of a release`));
  const others = records.slice(0, -1);
  const missing = bytes - JSON.stringify({ records: [...others, record(count - 1, '')] }).length;
  return { records: [...others, record(count - 1, 'x'.repeat(missing))] };
}
