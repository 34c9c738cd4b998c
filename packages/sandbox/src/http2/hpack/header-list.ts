import { fieldBytes, type HeaderField } from './header-field.ts';

/** How much of a header list is taken. */
export interface ListBounds {
  /** By the count of SETTINGS_MAX_HEADER_LIST_SIZE: name, value, and 32 for each field (RFC 9113, 6.5.2). */
  readonly maxListBytes: number;
  readonly maxFields: number;
}

/** A header list that ends to be one when it is beyond the bounds. */
export class HeaderList {
  readonly #maxFields: number;
  #bytesLeft: number;
  #fields: HeaderField[] | undefined = [];

  constructor({ maxListBytes, maxFields }: ListBounds) {
    this.#maxFields = maxFields;
    this.#bytesLeft = maxListBytes;
  }

  /** What was added; `undefined` when that was too much. */
  get fields(): readonly HeaderField[] | undefined {
    return this.#fields;
  }

  add(field: HeaderField): void {
    if (this.#fields === undefined) return;
    this.#bytesLeft -= fieldBytes(field);
    if (this.#bytesLeft < 0 || this.#fields.length === this.#maxFields) this.#fields = undefined;
    else this.#fields.push(field);
  }
}
