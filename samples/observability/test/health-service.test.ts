import { credentials, makeGenericClientConstructor, status, type ClientReadableStream } from '@grpc/grpc-js';
import { expect, it } from '@jest/globals';
import { service } from 'grpc-health-check';
import { pino } from 'pino';
import { crashSandboxes } from '../src/crash.ts';
import { startSample } from '../src/sample.ts';

const untrusted = 'stellaops.digester-untrusted';

interface HealthAnswer {
  readonly status: string;
}

interface HealthMethods {
  check(request: object, answered: (error: Error | null, answer: HealthAnswer) => void): void;
  watch(request: object): ClientReadableStream<HealthAnswer>;
  close(): void;
}

it('answers a check of the host and of each plugin, and knows no other service', async () => {
  await using sample = await quietSample();
  using client = healthClient(sample.healthAddress);
  const plugins = sample.host.plugins().map(({ id = '' }) => id);
  expect(plugins).toHaveLength(3);
  expect(await Promise.all(['', ...plugins].map(client.check))).toEqual(
    ['', ...plugins].map(() => ({ status: 'SERVING' })),
  );
  await expect(client.check('acme.nobody')).rejects.toMatchObject({ code: status.NOT_FOUND });
});

it('tells who watches that a sandbox has crashed, and that it is back', async () => {
  await using sample = await quietSample();
  using client = healthClient(sample.healthAddress);
  const [plugin, host, nobody] = [untrusted, '', 'acme.nobody'].map(client.watch);
  expect(await plugin?.next()).toBe('SERVING');
  expect(await host?.next()).toBe('SERVING');
  expect(await nobody?.next()).toBe('SERVICE_UNKNOWN');
  crashSandboxes(sample.host);
  expect(await plugin?.next()).toBe('NOT_SERVING');
  expect(await client.check('')).toEqual({ status: 'SERVING' }); // it is not required
  expect(await plugin?.next()).toBe('SERVING');
});

it('says that nothing serves any more when the host has stopped', async () => {
  await using sample = await quietSample();
  using client = healthClient(sample.healthAddress);
  const host = client.watch('');
  expect(await host.next()).toBe('SERVING');
  await sample.host.stop();
  expect(await host.next()).toBe('NOT_SERVING');
});

function quietSample() {
  return startSample({ metricsPort: 0, healthPort: 0, logger: pino({ level: 'silent' }) });
}

/** Asks as a load balancer does. */
function healthClient(address: string) {
  const HealthClient = makeGenericClientConstructor(service, 'grpc.health.v1.Health');
  const client = new HealthClient(address, credentials.createInsecure()) as unknown as HealthMethods; // as the service has them
  return {
    check: (name: string): Promise<HealthAnswer> =>
      new Promise((resolve, reject) => {
        client.check({ service: name }, (error, answer) => (error ? reject(error) : resolve(answer)));
      }),
    watch: (name: string) => {
      const answers = client.watch({ service: name });
      answers.on('error', () => undefined); // closing the client cancels it
      const each = answers[Symbol.asyncIterator]();
      return { next: async (): Promise<string | undefined> => (await each.next()).value?.status };
    },
    [Symbol.dispose]: () => client.close(),
  };
}
