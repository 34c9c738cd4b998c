import { describe, expect, it } from '@jest/globals';
import { lifecycleTransitions, type LifecycleState } from '../../src/hosting.ts';

const states = Object.keys(lifecycleTransitions) as LifecycleState[];

describe('the lifecycle', () => {
  it('has the states of the specification and failed, and their transitions', () => {
    expect(lifecycleTransitions).toEqual({
      discovery: ['loading'],
      loading: ['initialization', 'shutdown', 'failed'],
      initialization: ['active', 'shutdown', 'failed'],
      active: ['shutdown', 'failed'],
      shutdown: ['loading', 'failed'],
      failed: ['loading'],
    });
  });

  it('reaches every state from discovery', () => {
    const reached = new Set<LifecycleState>(['discovery']);
    for (const state of reached) for (const next of lifecycleTransitions[state]) reached.add(next);
    expect([...reached].toSorted()).toEqual(states.toSorted());
  });

  it('has no state that cannot be left, and none that follows itself', () => {
    for (const state of states) {
      expect(lifecycleTransitions[state]).not.toEqual([]);
      expect(lifecycleTransitions[state]).not.toContain(state);
    }
  });

  it('makes a plugin active in no other way than through loading and initialization', () => {
    const before = (to: LifecycleState) => states.filter((from) => lifecycleTransitions[from].includes(to));
    expect(before('active')).toEqual(['initialization']);
    expect(before('initialization')).toEqual(['loading']);
  });
});
