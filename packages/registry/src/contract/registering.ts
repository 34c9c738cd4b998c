import assert from 'node:assert/strict';
import { assertRefused, assertSame, contractCase, type ContractCase } from './contract-case.ts';
import { digestOf, eventOf, given, manifestOf } from './given.ts';

const id = 'acme.scanner';

/** What a catalogue promises to hosts that register plugins. */
export const registering: readonly ContractCase[] = [
  contractCase('enters a plugin that it does not know, and writes the event', async (catalogue) => {
    const [registration, event] = given(id);
    const entry = await catalogue.register(registration, event);
    assertSame(entry, {
      id,
      name: 'The plugin acme.scanner',
      trustLevel: 'untrusted',
      status: 'discovery',
      registeredAt: event.at,
      versions: [
        {
          version: '1.0.0',
          digest: digestOf('as published'),
          manifest: manifestOf(id),
          publishedAt: event.at,
        },
      ],
    });
    assertSame(await catalogue.find(id), entry);
    const [first, ...others] = await catalogue.auditTrail();
    assertSame(first, { ...event, position: first?.position });
    assertSame(others, []);
  }),

  contractCase('is not changed by a second registration, and writes no second event', async (catalogue) => {
    const first = await catalogue.register(...given(id));
    assertSame(await catalogue.register(...given(id)), first);
    assert.equal((await catalogue.auditTrail()).length, 1);
  }),

  contractCase(
    'adds a version beside those it has, oldest registration first, whichever is registered again',
    async (catalogue) => {
      for (const version of ['2.0.0', '10.0.0', '1.0.0'])
        await catalogue.register(...given(id, { version, content: version }));
      const entry = await catalogue.register(...given(id, { version: '2.0.0', content: '2.0.0' }));
      assertSame(
        entry.versions.map(({ version, digest, manifest }) => [version, digest, manifest.version]),
        ['2.0.0', '10.0.0', '1.0.0'].map((version) => [version, digestOf(version), version]),
      );
      assert.equal((await catalogue.auditTrail()).length, 3);
    },
  ),

  contractCase('refuses a known version with another digest, and changes nothing', async (catalogue) => {
    const entry = await catalogue.register(...given(id, { content: 'good' }));
    await assertRefused(catalogue.register(...given(id, { content: 'bad' })), 'DIGEST_MISMATCH', {
      pluginId: id,
      version: '1.0.0',
      expected: digestOf('good'),
      actual: digestOf('bad'),
    });
    assertSame(await catalogue.find(id), entry);
    assert.equal((await catalogue.auditTrail()).length, 1);
  }),

  contractCase('refuses a digest that is none', async (catalogue) => {
    const [registration, event] = given(id);
    const refused = catalogue.register({ ...registration, digest: 'd1' }, event);
    await assertRefused(refused, 'REGISTRY_CONFLICT', { pluginId: id, version: '1.0.0' });
    assertSame(await catalogue.list(), []);
  }),

  contractCase(
    'lets one of two win that register one version with two digests at once',
    async (catalogue) => {
      const contents = ['one', 'other'];
      const outcomes = await Promise.allSettled(
        contents.map((content) => catalogue.register(...given(id, { content }))),
      );
      assertSame(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      assert.equal((await catalogue.find(id))?.versions.length, 1);
      assert.equal((await catalogue.auditTrail()).length, 1);
    },
  ),

  contractCase('enters once what many register at once', async (catalogue) => {
    for (const version of ['1.0.0', '2.0.0']) {
      const many = Array.from({ length: 10 }, () => catalogue.register(...given(id, { version })));
      for (const { versions } of await Promise.all(many)) assert.equal(versions.at(-1)?.version, version);
    }
    const entry = await catalogue.find(id);
    assertSame(
      entry?.versions.map(({ version }) => version),
      ['1.0.0', '2.0.0'],
    );
    assert.equal((await catalogue.auditTrail()).length, 2);
  }),

  contractCase(
    'keeps status, configuration and decisions when a version is added, and takes the new name and tier',
    async (catalogue) => {
      await catalogue.register(...given(id));
      await catalogue.recordStatus(id, 'active');
      await catalogue.configure(id, { depth: 3 }, { actor: 'user:ada', hostId: 'console-1' });
      await catalogue.pin(id, '1.0.0', { actor: 'user:ada', hostId: 'console-1' });
      const entry = await catalogue.register(
        ...given(id, { version: '2.0.0', name: 'Scanner II', trustLevel: 'trusted' }),
      );
      const { name, trustLevel, status, config, pinnedVersion } = entry;
      assertSame([name, trustLevel, status], ['Scanner II', 'trusted', 'active']);
      assertSame([config, pinnedVersion], [{ depth: 3 }, '1.0.0']);
    },
  ),

  contractCase('records that a version is trusted otherwise than before', async (catalogue) => {
    await catalogue.register(...given(id));
    const entry = await catalogue.register(...given(id, { trustLevel: 'trusted' }));
    assertSame([entry.trustLevel, entry.versions.length], ['trusted', 1]);
    assert.equal((await catalogue.auditTrail()).length, 2);
  }),

  contractCase('keeps a manifest as it came, in whatever text it is written', async (catalogue) => {
    const [registration] = given(id, {
      name: 'ñ \u{1F600} \0 \uD800 \u2028',
      provides: [{ capability: 'CanScan', version: 2, parameters: { '\0 "\\': ['\uDC00', null, 1e300] } }],
      requires: [{ capability: 'KeyValueStore', version: 1 }],
    });
    await catalogue.register(registration, eventOf('plugin.registered', id));
    const entry = await catalogue.find(id);
    assertSame(entry?.versions[0]?.manifest, registration.manifest);
    assert.equal(entry?.name, 'ñ \u{1F600} \uFFFD \uFFFD \u2028');
  }),
];
