import { puppetIds, type Action, type PuppetId } from './actions.ts';

/** How a plugin stands at rest. `withheld`: operators let no host run it. */
export type Condition = 'active' | 'waiting' | 'failed' | 'withheld';

/** What a host says of one plugin at rest. */
export interface Standing {
  /** The version that answers for the id. */
  readonly main?: { readonly version: string; readonly condition: Condition };
  /** The version that could not take its place. */
  readonly beside?: string;
}

/** What is known of one plugin, whether a host runs or not. */
interface Puppet {
  /** What the next scan finds. */
  onShelf: string | undefined;
  isRestricted: boolean;
  isRegistered: boolean;
  standing: Standing;
  /** Counts its instances that became active. */
  life: number;
}

/** What may come of a call: the version that answers, or nobody. */
export type Expectation = { readonly answeredBy: string } | { readonly refused: true };

/** A host and three plugins as they should be, at rest. */
export class PuppetModel {
  isRunning = false;
  readonly puppets: ReadonlyMap<PuppetId, Puppet>;
  readonly #canRescan: boolean;
  /** Calls that wait for their release, and the life of the plugin that works at them. */
  #held: { readonly id: PuppetId; readonly life: number }[] = [];

  /** `canRescan`: a re-scan finds new versions. Otherwise only a new host does. */
  constructor(canRescan: boolean) {
    this.#canRescan = canRescan;
    this.puppets = new Map(
      puppetIds.map((id) => [
        id,
        { onShelf: '1.0.0', isRestricted: false, isRegistered: false, standing: {}, life: 0 },
      ]),
    );
  }

  /** Whether the action makes sense now. */
  allows(action: Action): boolean {
    switch (action.kind) {
      case 'start':
        return !this.isRunning;
      case 'swap':
      case 'remove':
        return true;
      case 'disable':
      case 'quarantine':
      case 'enable':
        return this.of(action.id).isRegistered;
      case 'call':
      case 'crash':
      case 'release':
      case 'rescan':
      case 'stop':
        return this.isRunning;
    }
  }

  of(id: PuppetId): Puppet {
    const puppet = this.puppets.get(id);
    if (!puppet) throw new Error(`the model has no ${id}`);
    return puppet;
  }

  /** What comes of a call now; a plugin that waits is started by it. */
  call(id: PuppetId): Expectation {
    const puppet = this.of(id);
    const { main } = puppet.standing;
    if (main?.condition === 'waiting') this.#bringUp(puppet, main.version);
    const { main: now } = puppet.standing;
    return now?.condition === 'active' ? { answeredBy: now.version } : { refused: true };
  }

  /** A call that goes on until it is released, or its plugin ends. */
  hold(id: PuppetId): { readonly isLost: () => boolean } {
    const held = { id, life: this.of(id).life };
    this.#held.push(held);
    return { isLost: () => !this.#isWorkedAt(held) };
  }

  /** What becomes of everything by an action that is no call. */
  apply(action: Exclude<Action, { readonly kind: 'call' }>): void {
    this.applyFacts(action);
    switch (action.kind) {
      case 'start':
      case 'rescan':
        return this.#scan();
      case 'swap':
      case 'remove':
        return this.isRunning ? this.#scan() : undefined;
      case 'disable':
      case 'quarantine':
        return this.#withhold(this.of(action.id));
      case 'enable':
        return this.#enable(action.id);
      case 'crash':
        return this.#crash(action.id);
      case 'release':
        this.#held = [];
        return undefined;
      case 'stop':
        for (const puppet of this.puppets.values()) puppet.standing = {};
        return undefined;
    }
  }

  /** Only what holds whatever the host makes of it. */
  applyFacts(action: Action): void {
    if (action.kind === 'start') {
      this.isRunning = true;
      this.#linked = new Map(puppetIds.map((id) => [id, this.of(id).onShelf]));
    }
    if (action.kind === 'stop') this.isRunning = false;
    if (action.kind === 'swap') this.of(action.id).onShelf = action.version;
    if (action.kind === 'remove') this.of(action.id).onShelf = undefined;
    if (action.kind === 'disable' || action.kind === 'quarantine') this.of(action.id).isRestricted = true;
    if (action.kind === 'enable') this.of(action.id).isRestricted = false;
  }

  /** Takes over what the host made of actions whose order nobody knows. Nothing is held any more. */
  adopt(standings: ReadonlyMap<PuppetId, Standing>): void {
    this.#held = [];
    for (const [id, standing] of standings) {
      const puppet = this.of(id);
      puppet.standing = standing;
      puppet.life += 1;
      if (standing.main) puppet.isRegistered = true;
    }
  }

  #linked: ReadonlyMap<PuppetId, string | undefined> = new Map();

  #isWorkedAt({ id, life }: { readonly id: PuppetId; readonly life: number }): boolean {
    const { standing, life: now } = this.of(id);
    return standing.main?.condition === 'active' && life === now;
  }

  #scan(): void {
    for (const [id, puppet] of this.puppets) {
      const found = this.#canRescan ? puppet.onShelf : this.#linked.get(id);
      const main = found === undefined ? undefined : this.#scanned(id, puppet, found);
      puppet.standing = main ?? {};
      puppet.isRegistered ||= found !== undefined;
    }
  }

  #scanned(id: PuppetId, puppet: Puppet, found: string): Standing {
    const { main } = puppet.standing;
    const isServing = main?.condition === 'active' || main?.condition === 'waiting';
    if (isServing && main.version === found) return { main };
    if (main?.condition === 'active') {
      if (!comesUp(found)) return { main, beside: found };
      puppet.life += 1;
      return { main: { version: found, condition: 'active' } };
    }
    return this.#begun(id, puppet, found);
  }

  #begun(id: PuppetId, puppet: Puppet, version: string): Standing {
    if (puppet.isRestricted) return { main: { version, condition: 'withheld' } };
    if (id === 'model.lazy') return { main: { version, condition: 'waiting' } };
    this.#bringUp(puppet, version);
    return puppet.standing;
  }

  #bringUp(puppet: Puppet, version: string): void {
    const { beside } = puppet.standing;
    const condition = comesUp(version) ? 'active' : 'failed';
    if (condition === 'active') puppet.life += 1;
    puppet.standing = { main: { version, condition }, ...(beside !== undefined && { beside }) };
  }

  #withhold(puppet: Puppet): void {
    const { main, ...rest } = puppet.standing;
    if (main?.condition !== 'active' && main?.condition !== 'waiting') return;
    puppet.standing = { ...rest, main: { ...main, condition: 'withheld' } };
  }

  #enable(id: PuppetId): void {
    const puppet = this.of(id);
    const { main, beside } = puppet.standing;
    if (main?.condition !== 'withheld') return;
    puppet.standing = {
      ...this.#begun(id, puppet, main.version),
      ...(beside !== undefined && { beside }),
    };
  }

  #crash(id: PuppetId): void {
    const puppet = this.of(id);
    const { main } = puppet.standing;
    if (main?.condition !== 'active') return;
    puppet.life += 1;
    const condition = id === 'model.restarted' ? 'active' : 'failed';
    puppet.standing = { ...puppet.standing, main: { ...main, condition } };
  }

  /** The lazy one stops when nothing is asked of it. */
  rest(): void {
    const puppet = this.of('model.lazy');
    const { main } = puppet.standing;
    if (
      main?.condition !== 'active' ||
      this.#held.some((held) => this.#isWorkedAt(held) && held.id === 'model.lazy')
    )
      return;
    puppet.standing = { ...puppet.standing, main: { ...main, condition: 'waiting' } };
  }
}

function comesUp(version: string): boolean {
  return version.split('.')[1] === '0';
}
