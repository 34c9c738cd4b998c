import { describe, expect, it } from '@jest/globals';
import { defineCapability, definePlugin, implement, Type, type Implementation } from '../src/index.ts';
import { declared, descriptorOf, initialized } from './plugin-context.ts';

const CanScan = defineCapability({
  id: 'CanScan',
  version: 1,
  parameters: Type.Object({ ecosystems: Type.Array(Type.String()) }),
  methods: {
    scan: { request: Type.String(), response: Type.Integer() },
    stop: { request: Type.Null(), response: Type.Null() },
  },
});
const CanScan2 = defineCapability({ ...CanScan, version: 2 });
const scan = { scan: () => Promise.resolve(1), stop: () => Promise.resolve(null) };
const declaration = { ...declared(CanScan), parameters: { ecosystems: ['npm'] } };

describe('a plugin is held to its manifest', () => {
  it('when it declares what it implements, it is initialized', async () => {
    const instance = await initialized(pluginWith(implement(CanScan, scan)), descriptorOf(declaration));
    expect(instance.api(CanScan)).toBe(scan);
  });

  it('when it implements what it does not declare', async () => {
    await expect(initialized(pluginWith(implement(CanScan, scan)), descriptorOf())).rejects.toMatchObject({
      code: 'CAPABILITY_NOT_DECLARED',
      message:
        'Plugin acme.scanner does not declare CanScan v1 under "provides". Declare it in the plugin.json.',
    });
  });

  it('when it implements another version than it declares', async () => {
    const plugin = pluginWith(implement(CanScan2, scan));
    await expect(initialized(plugin, descriptorOf(declaration))).rejects.toMatchObject({
      code: 'CAPABILITY_NOT_DECLARED',
      details: { capability: 'CanScan v2' },
    });
  });

  it('when it declares what it does not implement', async () => {
    await expect(initialized(pluginWith(), descriptorOf(declaration))).rejects.toMatchObject({
      code: 'CAPABILITY_NOT_IMPLEMENTED',
      message:
        'Plugin acme.scanner declares CanScan v1 but does not implement it. Implement it, or declare less.',
    });
  });

  it.each([
    ['one method', { scan: scan.scan }, 'stop'],
    ['every method', {}, 'scan, stop'],
    ['a method that is no function', { ...scan, stop: true }, 'stop'],
  ])('when its implementation lacks %s', async (_, api, missing) => {
    const plugin = pluginWith(implement(CanScan, api as unknown as typeof scan));
    await expect(initialized(plugin, descriptorOf(declaration))).rejects.toMatchObject({
      code: 'CAPABILITY_NOT_IMPLEMENTED',
      details: { pluginId: 'acme.scanner', capability: 'CanScan v1', missing },
    });
  });

  it.each([
    ['are missing', undefined, 'the parameters of CanScan v1: lacks the field "ecosystems"'],
    ['are wrong', { ecosystems: 'npm' }, 'the parameters of CanScan v1: /ecosystems must be array'],
  ])('when the parameters that the capability asks for %s', async (_, parameters, problem) => {
    const plugin = pluginWith(implement(CanScan, scan));
    await expect(initialized(plugin, descriptorOf({ ...declaration, parameters }))).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
      details: { source: 'acme.scanner', problem },
    });
  });

  it('and may inherit its methods, as an instance of a class does', async () => {
    class Scanner {
      scan = () => Promise.resolve(1);
      stop(): Promise<null> {
        return Promise.resolve(null);
      }
    }
    const instance = await initialized(
      pluginWith(implement(CanScan, new Scanner())),
      descriptorOf(declaration),
    );
    expect(await instance.api(CanScan)?.stop(null)).toBeNull();
  });
});

function pluginWith(...provides: Implementation[]) {
  return definePlugin({ initialize: () => ({ provides }) });
}
