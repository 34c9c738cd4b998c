/** What a promise resolves with; `late` when it takes longer than any session of these tests. */
export async function within<Value>(promise: Promise<Value>, patienceMs: number): Promise<Value | 'late'> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), patienceMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
