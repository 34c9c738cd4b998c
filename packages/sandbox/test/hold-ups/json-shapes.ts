const limit = 1024 * 1024;

/** A little less than `messages.maxJsonParts`, for what stands around. */
const maxParts = 48_900;
/** A little less than how deep it may be. */
const maxDepth = 980;

/** A text again and again, with commas between, as large as a message may be. `weight`: what it counts of the parts that a message may have. */
function fill(open: string, part: (index: number) => string, close: string, weight = 0): string {
  const parts: string[] = [];
  let length = open.length + close.length;
  for (let index = 0; ; index++) {
    const next = part(index);
    length += next.length + 1;
    if (length > limit || index * weight > maxParts) return `${open}${parts.join(',')}${close}`;
    parts.push(next);
  }
}

const finding = (index: number): string =>
  JSON.stringify({ id: `CVE-2026-${1000 + (index % 9000)}`, severity: 'high', score: 7.5, tags: ['a', 'b'] });

const table = (name: string, fields: number): string =>
  fill('{', (index) => `"${name}k${index}":1`, '}', maxParts / fields);

/** JSON of a MiB each, of the shapes that cost the most to read, to check or to tell what is wrong with. */
export const jsonShapes: Readonly<Record<string, string>> = {
  'nested arrays': fill('[', () => '['.repeat(maxDepth) + ']'.repeat(maxDepth), ']', maxDepth),
  'nested objects': fill('[', () => `${'{"a":'.repeat(maxDepth)}1${'}'.repeat(maxDepth)}`, ']', 5 * maxDepth),
  'empty objects': fill('[', () => '{}', ']', 4),
  'empty arrays': fill('[', () => '[]', ']', 1),
  'small objects': fill('[', (index) => `{"a":${index % 10}}`, ']', 5),
  'objects of different shapes': fill('[', (index) => `{"k${index}":1}`, ']', 5),
  'many keys': fill('{', (index) => `"k${index}":1`, '}', 2),
  'many objects of many keys': fill('[', (index) => table(`${index}`, 990), ']', 994),
  'the same key': fill('{', () => '"a":1', '}', 2),
  'keys that are numbers': fill('{', (index) => `"${index * 1000}":1`, '}', 2),
  prototypes: fill('[', () => '{"__proto__":{}}', ']', 9),
  'long numbers': fill('[', (index) => `${index}.123456789012345678901234567890e-300`, ']'),
  'small numbers': fill('[', () => '1', ']'),
  escapes: `"${String.raw`\u00e9\n`.repeat(limit / 8 - 1)}"`,
  'two-byte text': `"${'ű'.repeat(limit / 2 - 2)}"`,
  'small strings': fill('[', (index) => `"${index}"`, ']'),
  'a good report': fill('{"findings":[', finding, ']}', 9),
  'a report with every finding wrong': fill('{"findings":[', () => '{}', ']}', 4),
  'a report with unknown fields': fill('{"findings":[],', (index) => `"k${index}":1`, '}', 2),
  'a report with numbers for findings': fill('{"findings":[', () => '1', ']}'),
  'a report with long tags': `{"findings":[{"id":"CVE-2026-1000","severity":"low","score":1,"tags":["${'-'.repeat(limit - 100)}"]}]}`,
};
