/** The gate cannot be asked like this; the message says what the user can mend. */
export class BadInput extends Error {}
