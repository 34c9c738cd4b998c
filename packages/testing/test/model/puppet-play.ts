import type { PluginErrorCode } from '@stellaops/plugin-abstractions';
import type { Action, CallKind, PuppetId } from './actions.ts';
import { someVersion, type MadeCall } from './puppet-calls.ts';
import type { Expectation, PuppetModel } from './puppet-model.ts';
import type { PuppetWorld } from './puppet-world.ts';
import { canRest, describeStandings, expectedStandings, readStandings } from './standings.ts';

type Change = Exclude<Action, { readonly kind: 'call' }>;

/** How calls fail whose plugin ends. */
const givenUp: readonly PluginErrorCode[] = ['PLUGIN_NOT_ACTIVE', 'SANDBOX_EXITED'];
/** How calls fail when nobody can answer: what the start of a plugin fails of by a call is among it. */
const refused: ReadonlySet<PluginErrorCode> = new Set([
  ...givenUp,
  'CAPABILITY_NOT_PROVIDED',
  'LIFECYCLE_FAILED',
  'REGISTRY_CONFLICT',
]);
const own: Readonly<Partial<Record<CallKind, PluginErrorCode>>> = {
  cancel: 'CALL_CANCELLED',
  'time out': 'CALL_TIMED_OUT',
};

/** Plays actions with a host and with the model of it, and compares the two. */
export class PuppetPlay {
  readonly #world: PuppetWorld;
  #held: { readonly call: MadeCall; readonly isLost: () => boolean }[] = [];
  /** Actions that were done. */
  steps = 0;

  constructor(world: PuppetWorld) {
    this.#world = world;
  }

  get calls(): number {
    return this.#world.calls.count;
  }

  get changes(): number {
    return this.#world.witness.changes;
  }

  /** One action; then everything has to be as the model says. */
  async one(model: PuppetModel, action: Action): Promise<void> {
    this.steps += 1;
    if (action.kind === 'call') await this.#call(model, action.id, action.call);
    else await this.#change(model, action);
    model.rest();
    await this.#untilAsExpected(model);
    await this.#checkHeld();
    await this.#check(model);
  }

  /** Several at the same moment; then everything has to fit together, and the model goes on from there. */
  async together(model: PuppetModel, actions: readonly Action[]): Promise<void> {
    this.steps += actions.length;
    const { host } = this.#world;
    const calls: MadeCall[] = this.#held.map(({ call }) => call);
    const changes: Promise<void>[] = [];
    for (const action of actions)
      if (action.kind === 'call') calls.push(this.#world.calls.make(host, action.id, action.call));
      else changes.push(this.#world.act(action));
    for (const action of actions) model.applyFacts(action);
    await Promise.all(changes);
    await this.#world.untilEnded(calls);
    for (const call of calls) this.#judge(call, undefined);
    this.#held = [];
    if (model.isRunning) await this.#untilAtRest(model);
    else {
      this.#world.forgetHost();
      model.adopt(new Map(Array.from(model.puppets, ([id]) => [id, {}])));
    }
    await this.#check(model);
  }

  async #call(model: PuppetModel, id: PuppetId, kind: CallKind): Promise<void> {
    const expected = model.call(id);
    const call = this.#world.calls.make(this.#world.host, id, kind);
    if (kind === 'hold' && 'answeredBy' in expected) {
      await this.#world.untilHeld(call);
      if (call.settled) this.#judge(call, expected);
      this.#held.push({ call, isLost: model.hold(id).isLost });
      return;
    }
    await this.#world.untilEnded([call]);
    this.#judge(call, expected);
  }

  async #change(model: PuppetModel, action: Change): Promise<void> {
    await this.#world.act(action);
    model.apply(action);
    if (action.kind === 'stop') this.#world.forgetHost();
    if (action.kind !== 'release') return;
    const calls = this.#held.map(({ call }) => call);
    await this.#world.untilEnded(calls);
    for (const { settled, name } of calls)
      if (!settled || !('answeredBy' in settled))
        throw new Error(`${name} was not answered: ${JSON.stringify(settled)}`);
    this.#held = [];
  }

  /** Calls whose plugin has ended have to end, and the others must not. */
  async #checkHeld(): Promise<void> {
    const lost = this.#held.filter(({ isLost }) => isLost()).map(({ call }) => call);
    await this.#world.untilEnded(lost);
    for (const { settled, name } of lost)
      if (!settled || !('code' in settled) || !givenUp.includes(settled.code))
        throw new Error(`${name} was to be given up: ${JSON.stringify(settled)}`);
    this.#held = this.#held.filter(({ call }) => !lost.includes(call));
    for (const { call } of this.#held)
      if (call.settled) throw new Error(`${call.name} ended by itself: ${JSON.stringify(call.settled)}`);
  }

  /** Throws for an ending that a call must not come to. Without an expectation plugins came and went meanwhile. */
  #judge(call: MadeCall, expected: Expectation | undefined): void {
    const { settled, kind, name, id } = call;
    this.#world.calls.checkWork(call);
    if (settled && isAllowed(settled, kind, expected)) return;
    const wanted = JSON.stringify(expected ?? 'what there was');
    throw new Error(
      `${name}, ${kind} to ${id}, came to ${JSON.stringify(settled)}, and the model has ${wanted}`,
    );
  }

  async #untilAsExpected(model: PuppetModel): Promise<void> {
    if (!model.isRunning) return;
    const expected = describeStandings(expectedStandings(model));
    let seen = '';
    const isSo = (): boolean => {
      const standings = readStandings(this.#world.host);
      seen = standings ? describeStandings(standings) : 'on the way';
      return seen === expected;
    };
    await this.#world.until(isSo, expected).catch((error: unknown) => {
      throw new Error(`it is ${seen}, and the model has ${expected}`, { cause: error });
    });
  }

  async #untilAtRest(model: PuppetModel): Promise<void> {
    const { host } = this.#world;
    let calm = 0;
    await this.#world.until(() => {
      const standings = readStandings(host);
      const isLazyDown = standings?.get('model.lazy')?.main?.condition !== 'active';
      calm = standings && isLazyDown && canRest(standings, model) ? calm + 1 : 0;
      if (standings && calm > 10) model.adopt(standings);
      return calm > 10;
    }, 'rest after what was done at the same moment');
  }

  /** What host, registry, audit trail and metrics say has to be the same. */
  async #check(model: PuppetModel): Promise<void> {
    const { witness, registry } = this.#world;
    const active = Array.from(model.puppets).flatMap(
      ([
        id,
        {
          standing: { main },
        },
      ]) => (model.isRunning && main?.condition === 'active' ? [`${id} ${main.version}`] : []),
    );
    const isSaid = async (): Promise<boolean> => {
      await witness.read();
      return witness.active.join() === active.toSorted().join();
    };
    await this.#world.until(isSaid, `the audit trail has ${active.join()} active`);
    const counted = await witness.activeCount();
    if (counted !== active.length)
      throw new Error(`plugin_active_count is ${counted}, and ${active.length} are active`);
    if (!model.isRunning) return;
    const { host } = this.#world;
    const plugins = host.plugins();
    const isDegraded = plugins.some(({ state }) => state === 'failed');
    if (host.health().status !== (isDegraded ? 'degraded' : 'healthy'))
      throw new Error(`the host is ${host.health().status}`);
    for (const [id, { standing }] of model.puppets) {
      if (host.isActive(id) !== (standing.main?.condition === 'active'))
        throw new Error(`isActive of ${id} is wrong`);
      if (!standing.main) continue;
      const { state } = plugins.find((plugin) => plugin.id === id) ?? {};
      if (state === 'discovery') continue; // the registry knows what became of the version before
      const isSame = async (): Promise<boolean> => (await registry.find(id))?.status === state;
      await this.#world.until(isSame, `the registry has ${id} ${String(state)}`);
    }
  }
}

function isAllowed(
  settled: NonNullable<MadeCall['settled']>,
  kind: CallKind,
  expected: Expectation | undefined,
): boolean {
  if ('answeredBy' in settled) {
    if (own[kind] !== undefined) return false; // nobody lets these go on
    if (!expected || settled.answeredBy === someVersion) return !expected || 'answeredBy' in expected;
    return 'answeredBy' in expected && expected.answeredBy === settled.answeredBy;
  }
  const isOwn = settled.code === own[kind];
  if (!expected) return isOwn || refused.has(settled.code);
  return 'answeredBy' in expected ? isOwn : isOwn || refused.has(settled.code);
}
