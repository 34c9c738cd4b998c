/** Why something cannot be proven on this machine, with the way out in its message. */
export class ProveError extends Error {
  override readonly name = 'ProveError';
}
