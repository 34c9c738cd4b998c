/** Shorter texts are too common to be secrets, and a report without them would be unreadable. */
const shortestSecret = 6;

/**
 * Takes secrets out of what a plugin printed by mistake. No border: a plugin that means to tell what it was given can write it
 * some other way.
 */
export class Secrets {
  #known: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#known = secrets;
  }

  /** Every text of at least 6 characters in this JSON is a secret from now on; of a text with several lines, each line is. */
  learn(json: string): void {
    const found = new Set(this.#known);
    JSON.parse(json, (_, value: unknown) => {
      if (typeof value === 'string') for (const form of formsOf(value)) found.add(form);
      return value;
    });
    // A secret may be a part of another one.
    this.#known = [...found].toSorted((one, other) => other.length - one.length);
  }

  /** The text with `[redacted]` for each secret. */
  redact(text: string): string {
    return this.#known.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  }
}

/** As it is, line by line as an output has it, and as it stands in JSON. */
function formsOf(secret: string): readonly string[] {
  const forms = [secret, ...secret.split(/\r?\n/), JSON.stringify(secret).slice(1, -1)];
  return forms.filter(({ length }) => length >= shortestSecret);
}
