/** U+0000, which PostgreSQL keeps in no text: https://www.postgresql.org/docs/current/datatype-character.html */
const nul = /\0/g;

/** A text as every database keeps it: what is no character becomes U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll(nul, '\uFFFD');
}
