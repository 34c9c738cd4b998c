import { stripVTControlCharacters } from 'node:util';

/** Text from elsewhere as one line without control characters: it must not move the cursor or colour what follows. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
