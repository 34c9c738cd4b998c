/** What is read of a map, and of one with changes that are not made yet. */
export interface MapView<Value> {
  get(key: string): Value | undefined;
  entries(): Iterable<[string, Value]>;
}

/** Changes of a map, which it does not show until they are made. They cost as much as is changed, not as much as is there. */
export class MapDraft<Value> implements MapView<Value> {
  readonly #map: Map<string, Value>;
  /** A key that goes has `undefined`. */
  readonly #changes = new Map<string, Value | undefined>();

  constructor(map: Map<string, Value>) {
    this.#map = map;
  }

  get(key: string): Value | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#map.get(key);
  }

  set(key: string, value: Value): void {
    this.#changes.set(key, value);
  }

  delete(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** As they are now: what is changed meanwhile does not show. */
  entries(): Iterable<[string, Value]> {
    const entries = new Map(this.#map);
    changeMap(entries, this.#changes);
    return entries;
  }

  /** Makes the changes. */
  apply(): void {
    changeMap(this.#map, this.#changes);
  }
}

function changeMap<Value>(map: Map<string, Value>, changes: ReadonlyMap<string, Value | undefined>): void {
  for (const [key, value] of changes)
    if (value === undefined) map.delete(key);
    else map.set(key, value);
}
