import { webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  implementClock,
  implementPerPlugin,
  implementSecrets,
  KeyValueStore,
  openKeyValueStore,
} from '@stellaops/plugin-host/services';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { recordingLogger } from '../src/index.ts';
import { openVisitors, visitorIds, type StartVisitors } from './visitor-host.ts';

/** What the ready-made services owe to a plugin, wherever it runs. */
export function describeReadyServices(name: string, start: StartVisitors): void {
  describe(name, () => {
    it('keeps values of every kind, and lists them', async () => {
      using store = await openKeyValueStore();
      await using visitors = await openVisitors(start, { services: [store] });
      const { visit } = visitors;
      const capability = 'KeyValueStore';
      const value = { words: ['one', null], depth: 3 };
      const bytes = Uint8Array.of(0, 255);
      expect(await visit({ capability, method: 'get', input: { key: 'a' } })).toEqual({});
      expect(await visit({ capability, method: 'set', input: { key: 'a/1', value } })).toEqual({
        answer: { isStored: true, revision: 1 },
      });
      await visit({ capability, method: 'set', input: { key: 'a/2', value: bytes } });
      expect(await visit({ capability, method: 'list', input: { prefix: 'a/' } })).toEqual({
        answer: [
          { key: 'a/1', revision: 1, value },
          { key: 'a/2', revision: 2, value: bytes },
        ],
      });
      expect(
        await visit({ capability, method: 'set', input: { key: 'a/1', value: 1, expectedRevision: 7 } }),
      ).toEqual({ answer: { isStored: false, revision: 1 } });
      expect(await visit({ capability, method: 'delete', input: { key: 'a/1' } })).toEqual({
        answer: { isDeleted: true, revision: 0 },
      });
    });

    it('shows no plugin the entries of another', async () => {
      using store = await openKeyValueStore();
      await using visitors = await openVisitors(start, { services: [store] });
      const { visit } = visitors;
      const capability = 'KeyValueStore';
      await visit({ capability, method: 'set', input: { key: 'mine', value: 1 } });
      expect(await visit({ capability, method: 'list', input: {} }, visitorIds[1])).toEqual({ answer: [] });
      await visit({ capability, method: 'delete', input: { key: 'mine' } }, visitorIds[1]);
      expect(await visit({ capability, method: 'get', input: { key: 'mine' } })).toMatchObject({
        answer: { value: 1 },
      });
    });

    it.each([
      ['too much', 'QUOTA_EXCEEDED', { key: 'b', value: 1 }],
      ['too large a value', 'MESSAGE_TOO_LARGE', { key: 'a', value: 'x'.repeat(2000) }],
      ['a key that is none', 'REQUEST_INVALID', { key: 'a\n', value: 1 }],
      ['a field that is none', 'REQUEST_INVALID', { key: 'a' }],
    ])('tells a plugin by code when it stores %s', async (_, code, input) => {
      using store = await openKeyValueStore({ limits: { maxEntries: 1, valueLimitBytes: 1000 } });
      await using visitors = await openVisitors(start, { services: [store] });
      const capability = 'KeyValueStore';
      await visitors.visit({ capability, method: 'set', input: { key: 'a', value: 1 } });
      expect(await visitors.visit({ capability, method: 'set', input })).toMatchObject({ code });
    });

    it('tells the time that the host gives', async () => {
      await using visitors = await openVisitors(start, {
        services: [implementClock(() => 1_700_000_000_000)],
      });
      expect(await visitors.visit({ capability: 'Clock', method: 'now', input: {} })).toEqual({
        answer: { epochMilliseconds: 1_700_000_000_000 },
      });
    });

    it('uses and reveals secrets where they are granted, and audits each use and each denial', async () => {
      const registry = new InMemoryPluginRegistry();
      const logger = recordingLogger();
      const raw = new TextEncoder().encode('the key that nobody sees');
      const key = await webcrypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [
        'sign',
      ]);
      const secrets = implementSecrets({
        webhook: { key, signers: [visitorIds[0]] },
        token: { text: 'the text that few read', readers: [visitorIds[0]] },
      });
      await using visitors = await openVisitors(start, { services: [secrets], registry, logger });
      const { visit } = visitors;
      const capability = 'Secrets';
      const data = new TextEncoder().encode('released');
      const signed = await visit({ capability, method: 'sign', input: { name: 'webhook', data } });
      expect(signed).toEqual({
        answer: {
          algorithm: 'HS256',
          signature: new Uint8Array(await webcrypto.subtle.sign('HMAC', key, data)),
        },
      });
      expect(await visit({ capability, method: 'reveal', input: { name: 'token' } })).toEqual({
        answer: { value: 'the text that few read' },
      });
      const denied = await visit({ capability, method: 'reveal', input: { name: 'token' } }, visitorIds[1]);
      expect(denied).toEqual({
        code: 'CAPABILITY_DENIED',
        message: `Plugin ${visitorIds[1]} was denied Secrets v1: no text "token" is granted to it.`,
      });

      const trail = (await registry.auditTrail()).filter(({ capability: of }) => of === 'Secrets v1');
      expect(trail.map(({ event, pluginId, detail }) => [event, pluginId, detail])).toEqual([
        ['service.used', visitorIds[0], 'sign with webhook'],
        ['service.used', visitorIds[0], 'reveal token'],
        ['call.rejected', visitorIds[1], denied.message],
      ]);
      const written = JSON.stringify([logger.lines, await registry.auditTrail()]);
      expect(written).not.toContain('the key that nobody sees');
      expect(written).not.toContain('the text that few read');
    });

    it('makes a service once for each plugin that resolves it, and lets go of it when the plugin ends', async () => {
      const made: string[] = [];
      const ended: string[] = [];
      using store = await openKeyValueStore();
      const counted = implementPerPlugin(KeyValueStore, (scope) => {
        made.push(scope.plugin.id);
        scope.signal.addEventListener('abort', () => ended.push(scope.plugin.id));
        return store.create(scope);
      });
      const visitors = await openVisitors(start, { services: [counted] });
      for (const by of [...visitorIds, ...visitorIds])
        await visitors.visit({ capability: 'KeyValueStore', method: 'get', input: { key: 'a' } }, by);
      expect(made).toEqual([...visitorIds]);
      expect(ended).toEqual([]);
      await visitors.host.stop();
      expect(ended.toSorted()).toEqual([...visitorIds]);
    });

    it('tells a plugin nothing of why its service could not be made', async () => {
      const broken = implementPerPlugin(KeyValueStore, () => {
        throw new Error('no such file: /etc/host-secrets');
      });
      const logger = recordingLogger();
      await using visitors = await openVisitors(start, { services: [broken], logger });
      const told = await visitors.visit({ capability: 'KeyValueStore', method: 'get', input: { key: 'a' } });
      expect(told.code).toBe('CAPABILITY_NOT_PROVIDED');
      expect(told.message).not.toContain('host-secrets');
      expect(
        logger.lines.find(({ message }) => message === 'a host service could not be made')?.fields,
      ).toMatchObject({
        pluginId: visitorIds[0],
        err: { message: 'no such file: /etc/host-secrets' },
      });
    });
  });
}
