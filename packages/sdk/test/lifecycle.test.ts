import { describe, expect, it } from '@jest/globals';
import {
  defineCapability,
  definePlugin,
  implement,
  PluginBase,
  Type,
  type PluginDefinition,
} from '../src/index.ts';
import { contextWith, declared, descriptorOf, initialized, neverAborted } from './plugin-context.ts';

const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: { greet: { request: Type.Object({ name: Type.String() }), response: Type.String() } },
});

/** One plugin, written both ways. It says what happens to it, and with which of the two signals. */
const ways: readonly (readonly [string, (said: unknown[]) => PluginDefinition])[] = [
  [
    'a function',
    (said) =>
      definePlugin({
        initialize: (context, signal) => {
          said.push('initialize', context.info.id, signal);
          return {
            provides: [implement(Greeter, { greet: ({ name }) => Promise.resolve(`Hello, ${name}!`) })],
            start: (ending) => void said.push('start', ending),
            stop: (ending) => void said.push('stop', ending),
          };
        },
      }),
  ],
  [
    'a class',
    (said) =>
      definePlugin({
        plugin: class extends PluginBase {
          readonly provides = [implement(Greeter, this)];
          override initialize(signal: AbortSignal): void {
            said.push('initialize', this.context.info.id, signal);
          }
          override start(signal: AbortSignal): void {
            said.push('start', signal);
          }
          override stop(signal: AbortSignal): void {
            said.push('stop', signal);
          }
          greet({ name }: { name: string }): Promise<string> {
            return Promise.resolve(`Hello, ${name}!`);
          }
        },
      }),
  ],
];

describe.each(ways)('a plugin made of %s', (_, define) => {
  it('goes through its lifecycle, each step with the signal of that step', async () => {
    const said: unknown[] = [];
    const [first, second, third] = [neverAborted(), neverAborted(), neverAborted()];
    const instance = define(said).create(descriptorOf(declared(Greeter)));
    expect(said).toEqual([]);
    await instance.initialize(contextWith(), first);
    await instance.start(second);
    await instance.stop(third);
    expect(said).toEqual(['initialize', 'acme.scanner', first, 'start', second, 'stop', third]);
    expect(said[2]).toBe(first);
    expect(said[4]).toBe(second);
    expect(said[6]).toBe(third);
  });

  it('says who it is and what it declares, before anything of it runs', () => {
    const descriptor = descriptorOf(declared(Greeter));
    const instance = define([]).create(descriptor);
    expect(instance.info).toBe(descriptor.info);
    expect(instance.capabilities).toBe(descriptor.capabilities);
    expect(instance.api(Greeter)).toBeUndefined();
  });

  it('provides its implementation once it is initialized', async () => {
    const instance = await initialized(define([]), descriptorOf(declared(Greeter)));
    expect(await instance.api(Greeter)?.greet({ name: 'Ada' })).toBe('Hello, Ada!');
    expect(instance.find(Greeter).api).toBe(instance.api(Greeter));
  });

  it('is a new instance, with a state of its own, each time', async () => {
    const plugin = define([]);
    const [one, other] = await Promise.all([
      initialized(plugin, descriptorOf(declared(Greeter))),
      initialized(plugin, descriptorOf(declared(Greeter))),
    ]);
    expect(one.api(Greeter)).not.toBe(other.api(Greeter));
  });

  it('may be stopped before it was initialized', async () => {
    const said: unknown[] = [];
    await define(said)
      .create(descriptorOf(declared(Greeter)))
      .stop(neverAborted());
    expect(said).toEqual([]);
  });

  it('finds nothing that it does not declare', async () => {
    const instance = await initialized(define([]), descriptorOf(declared(Greeter)));
    expect(() => instance.find({ id: 'Greeter', version: 2 })).toThrow(
      expect.objectContaining({
        code: 'CAPABILITY_NOT_DECLARED',
        details: { pluginId: 'acme.scanner', capability: 'Greeter v2', list: 'provides' },
      }),
    );
  });
});

describe('a plugin', () => {
  it('may do nothing at all', async () => {
    const instance = await initialized(definePlugin({ initialize: () => ({}) }), descriptorOf());
    await expect(instance.start(neverAborted())).resolves.toBeUndefined();
    await expect(instance.stop(neverAborted())).resolves.toBeUndefined();
  });

  it.each<[string, PluginDefinition]>([
    ['its function throws', definePlugin({ initialize: () => fail() })],
    ['its function rejects', definePlugin({ initialize: () => Promise.resolve().then(fail) })],
    [
      'its constructor throws',
      definePlugin({
        plugin: class extends PluginBase {
          readonly provides = fail();
        },
      }),
    ],
    [
      'its class fails to initialize',
      definePlugin({
        plugin: class extends PluginBase {
          readonly provides = [];
          override initialize = () => fail();
        },
      }),
    ],
  ])('fails to initialize with the very error when %s', async (_, plugin) => {
    await expect(initialized(plugin, descriptorOf())).rejects.toThrow('no database');
  });

  it('gets the context of the host: log, signal, services', async () => {
    const context = contextWith();
    const given: unknown[] = [];
    const plugin = definePlugin({
      initialize: ({ info, logger, signal, resolve }) => {
        given.push(info, logger, signal);
        expect(() => resolve(Greeter)).toThrow('this host offers nothing');
        return {};
      },
    });
    await plugin.create(descriptorOf()).initialize(context, neverAborted());
    expect(given).toEqual([context.info, context.logger, context.signal]);
  });
});

function fail(): never {
  throw new Error('no database');
}
