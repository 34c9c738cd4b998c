/** The measured host of an application that has much to remember, which V8 has to mark whenever it looks at the whole heap. */

/** About 130 bytes each. */
const countOfObjects = 3_750_000;
const objects: object[] = [];
while (objects.length < countOfObjects) {
  const id = objects.length;
  objects.push({ id, name: `n${id}`, more: [id, id + 1], next: objects[id >> 1] });
}

/** Kept as long as this module is. */
export const remembered: readonly object[] = objects;

await import('./measured-host.ts');
