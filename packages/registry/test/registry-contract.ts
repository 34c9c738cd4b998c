import { isDate } from 'node:util/types';
import { describe, expect, it } from '@jest/globals';
import type {
  AuditEvent,
  AuditEventName,
  PluginManifest,
  PluginRegistration,
  PluginRegistry,
} from '@stellaops/plugin-abstractions/hosting';

/** What every registry promises. `open` gives an empty one. */
export function describeRegistryContract(name: string, open: () => Promise<PluginRegistry>): void {
  describe(`${name}, registering`, () => {
    it('enters a plugin that it does not know, and writes the event', async () => {
      await using registry = await open();
      const event = eventOf('plugin.registered', 'acme.scanner');
      const entry = await registry.register(registrationOf('acme.scanner'), event);
      expect(entry).toEqual({
        id: 'acme.scanner',
        name: 'The plugin acme.scanner',
        trustLevel: 'untrusted',
        status: 'discovery',
        registeredAt: event.at,
        versions: [
          { version: '1.0.0', digest: 'd1', manifest: manifestOf('acme.scanner'), publishedAt: event.at },
        ],
      });
      expect(await registry.find('acme.scanner')).toEqual(entry);
      expect(await registry.auditTrail()).toEqual([event]);
    });

    it('is harmless the second time: same entry, and no second event', async () => {
      await using registry = await open();
      const first = await registry.register(...given('acme.scanner'));
      expect(await registry.register(...given('acme.scanner'))).toEqual(first);
      expect(await registry.auditTrail()).toHaveLength(1);
    });

    it('adds a version beside those it has, oldest first, whichever is registered again', async () => {
      await using registry = await open();
      await registry.register(...given('acme.scanner', { version: '2.0.0', digest: 'd2' }));
      await registry.register(...given('acme.scanner', { version: '10.0.0', digest: 'd10' }));
      await registry.register(...given('acme.scanner', { version: '1.0.0', digest: 'd1' }));
      const entry = await registry.register(...given('acme.scanner', { version: '2.0.0', digest: 'd2' }));
      expect(entry.versions.map(({ version, digest }) => [version, digest])).toEqual([
        ['2.0.0', 'd2'],
        ['10.0.0', 'd10'],
        ['1.0.0', 'd1'],
      ]);
      expect(entry.versions.map(({ manifest }) => manifest.version)).toEqual(['2.0.0', '10.0.0', '1.0.0']);
      expect(await registry.auditTrail()).toHaveLength(3);
    });

    it('refuses a known version with another digest, and changes nothing', async () => {
      await using registry = await open();
      const entry = await registry.register(...given('acme.scanner', { digest: 'good' }));
      await expect(registry.register(...given('acme.scanner', { digest: 'bad' }))).rejects.toMatchObject({
        code: 'DIGEST_MISMATCH',
        details: { pluginId: 'acme.scanner', version: '1.0.0', expected: 'good', actual: 'bad' },
      });
      expect(await registry.find('acme.scanner')).toEqual(entry);
      expect(await registry.auditTrail()).toHaveLength(1);
    });

    it('lets one of two win that register one version with two digests at once', async () => {
      await using registry = await open();
      const outcomes = await Promise.allSettled(
        ['one', 'other'].map((digest) => registry.register(...given('acme.scanner', { digest }))),
      );
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await registry.find('acme.scanner'))?.versions).toHaveLength(1);
      expect(await registry.auditTrail()).toHaveLength(1);
    });

    it('keeps status and configuration when a version is added, and takes the new name and tier', async () => {
      await using registry = await open();
      await registry.register(...given('acme.scanner'));
      await registry.recordStatus('acme.scanner', 'active');
      await registry.configure('acme.scanner', { depth: 3 });
      const [registration, event] = given('acme.scanner', {
        version: '2.0.0',
        digest: 'd2',
        trustLevel: 'trusted',
      });
      const renamed = { ...registration, manifest: { ...registration.manifest, name: 'Scanner II' } };
      expect(await registry.register(renamed, event)).toMatchObject({
        name: 'Scanner II',
        trustLevel: 'trusted',
        status: 'active',
        config: { depth: 3 },
      });
    });

    it('records that a version is trusted otherwise than before', async () => {
      await using registry = await open();
      await registry.register(...given('acme.scanner'));
      const entry = await registry.register(...given('acme.scanner', { trustLevel: 'trusted' }));
      expect(entry).toMatchObject({ trustLevel: 'trusted', versions: [{ version: '1.0.0' }] });
      expect(await registry.auditTrail()).toHaveLength(2);
    });
  });

  describe(`${name}, changing`, () => {
    it('records a status together with the event that tells of it', async () => {
      await using registry = await open();
      await registry.register(...given('acme.scanner'));
      const event = eventOf('plugin.activated', 'acme.scanner');
      await registry.recordStatus('acme.scanner', 'active', event);
      expect(await registry.find('acme.scanner')).toMatchObject({ status: 'active' });
      expect((await registry.auditTrail()).at(-1)).toEqual(event);
    });

    it('records a status of which no event tells', async () => {
      await using registry = await open();
      await registry.register(...given('acme.scanner'));
      await registry.recordStatus('acme.scanner', 'initialization');
      expect(await registry.find('acme.scanner')).toMatchObject({ status: 'initialization' });
      expect(await registry.auditTrail()).toHaveLength(1);
    });

    it.each<[string, (registry: PluginRegistry) => Promise<void>]>([
      [
        'a status',
        (registry) =>
          registry.recordStatus('acme.ghost', 'active', eventOf('plugin.activated', 'acme.ghost')),
      ],
      ['a configuration', (registry) => registry.configure('acme.ghost', {})],
    ])('refuses %s for a plugin that was never registered, and writes nothing', async (_, change) => {
      await using registry = await open();
      await expect(change(registry)).rejects.toMatchObject({
        code: 'REGISTRY_CONFLICT',
        details: { pluginId: 'acme.ghost' },
      });
      expect(await registry.list()).toEqual([]);
      expect(await registry.auditTrail()).toEqual([]);
    });

    it('gives the configuration to whoever registers or finds the plugin next', async () => {
      await using registry = await open();
      expect(await registry.register(...given('acme.scanner'))).not.toHaveProperty('config');
      await registry.configure('acme.scanner', { depth: 3, only: ['npm'] });
      expect(await registry.find('acme.scanner')).toMatchObject({ config: { depth: 3, only: ['npm'] } });
      expect(await registry.register(...given('acme.scanner'))).toMatchObject({ config: { depth: 3 } });
      await registry.configure('acme.scanner', { depth: 4 });
      expect((await registry.find('acme.scanner'))?.config).toEqual({ depth: 4 });
    });
  });

  describe(`${name}, reading`, () => {
    it('knows no plugin that was not registered, whatever it is called', async () => {
      await using registry = await open();
      expect(await registry.find('acme.scanner')).toBeUndefined();
      expect(await registry.find('constructor')).toBeUndefined();
      expect(await registry.find('__proto__')).toBeUndefined();
      expect(await registry.list()).toEqual([]);
    });

    it('lists plugins by id in code-unit order, in whichever order they came', async () => {
      await using registry = await open();
      for (const id of ['b.a', 'a.b.c', 'a-b.c', 'a.b', 'a0.b']) await registry.register(...given(id));
      expect((await registry.list()).map(({ id }) => id)).toEqual(['a-b.c', 'a.b', 'a.b.c', 'a0.b', 'b.a']);
    });

    it('tells the audit trail oldest first, all of it or that of one plugin', async () => {
      await using registry = await open();
      const refused: AuditEvent = {
        event: 'plugin.refused',
        at: new Date(7),
        actor: 'me',
        hostId: 'h',
        detail: 'no manifest',
      };
      await registry.register(...given('acme.scanner'));
      await registry.audit(refused);
      await registry.register(...given('acme.other'));
      await registry.audit(eventOf('call.rejected', 'acme.scanner'));
      const whole = await registry.auditTrail();
      expect(whole.map(({ event, pluginId }) => [event, pluginId])).toEqual([
        ['plugin.registered', 'acme.scanner'],
        ['plugin.refused', undefined],
        ['plugin.registered', 'acme.other'],
        ['call.rejected', 'acme.scanner'],
      ]);
      expect(whole[1]).toEqual(refused);
      expect(await registry.auditTrail('acme.scanner')).toEqual([whole[0], whole[3]]);
      expect(await registry.auditTrail('acme.nobody')).toEqual([]);
    });

    it('gives copies: whoever changes what it took or gave changes nothing', async () => {
      await using registry = await open();
      const [registration, event] = given('acme.scanner');
      const config = { depth: 3 };
      const results = [await registry.register(registration, event)];
      await registry.configure('acme.scanner', config);
      results.push(await registry.register(registration, event));
      const before = structuredClone([await registry.list(), await registry.auditTrail()]);
      const found = await registry.find('acme.scanner');
      for (const value of [registration, event, config, found, ...results]) spoil(value);
      for (const list of [await registry.list(), await registry.auditTrail()]) spoil(list);
      expect([await registry.list(), await registry.auditTrail()]).toEqual(before);
    });
  });
}

function manifestOf(id: string, version = '1.0.0'): PluginManifest {
  const provides = [{ capability: 'CanScan', version: 1, parameters: { ecosystems: ['npm'] } }];
  return { manifestVersion: 1, id, name: `The plugin ${id}`, version, entry: 'dist/plugin.js', provides };
}

interface Choices {
  readonly version?: string;
  readonly digest?: string;
  readonly trustLevel?: PluginRegistration['trustLevel'];
}

function registrationOf(
  id: string,
  { version = '1.0.0', digest = 'd1', trustLevel = 'untrusted' }: Choices = {},
): PluginRegistration {
  return { manifest: manifestOf(id, version), digest, trustLevel };
}

function eventOf(event: AuditEventName, pluginId: string): AuditEvent {
  return { event, at: new Date(), actor: 'service:test', hostId: 'host-1', pluginId, version: '1.0.0' };
}

/** The arguments of a registration. */
function given(id: string, choices: Choices = {}): [PluginRegistration, AuditEvent] {
  return [registrationOf(id, choices), eventOf('plugin.registered', id)];
}

/** Changes everything in a value that can be changed. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (isDate(value)) value.setTime(0);
  for (const part of Object.values(value)) spoil(part);
  if (Array.isArray(value)) value.length = 0;
  else for (const key of Object.keys(value)) Reflect.set(value, key, 'spoiled');
}
