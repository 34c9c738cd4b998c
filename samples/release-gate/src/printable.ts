import { stripVTControlCharacters } from 'node:util';

const maxLength = 2000;

/** Text from elsewhere as one line without control characters: it must not move the cursor or colour what follows. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, maxLength);
}
