/** The states of the specification, the same in every tier. */
export type LifecycleState = 'discovery' | 'loading' | 'initialization' | 'active' | 'shutdown' | 'failed';

/**
 * What may follow what. `failed` is reached from everywhere but discovery, where what is not found is skipped; from `shutdown`
 * and `failed` a new instance begins at `loading`.
 */
export const lifecycleTransitions: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  discovery: ['loading'],
  loading: ['initialization', 'shutdown', 'failed'],
  initialization: ['active', 'shutdown', 'failed'],
  active: ['shutdown', 'failed'],
  shutdown: ['loading', 'failed'],
  failed: ['loading'],
};
