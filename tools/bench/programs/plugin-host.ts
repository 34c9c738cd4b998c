/**
 * A host with untrusted plugins, each in a sandbox with every isolation: as many as its first argument says. With the second argument
 * `again` it has started them before.
 */
import { startEchoHost } from './echo-host.ts';
import { echoMeasurements } from './echo-measurements.ts';
import { serveMeasurements } from './serve.ts';

await using echoHost = await startEchoHost(Number(process.argv[2] ?? 1), {
  again: process.argv[3] === 'again',
});
const { echo, processIds } = echoHost;
await serveMeasurements({
  ...echoMeasurements({
    json: (records) => echo.json(records),
    bytes: (data) => echo.bytes({ data }),
    upload: async (itemBytes, goesOn) => {
      const item = new Uint8Array(itemBytes);
      return echo.upload(
        (async function* () {
          for (let sent = 0; goesOn(sent); sent += itemBytes) yield item;
        })(),
        { timeoutMs: 600_000 },
      );
    },
    download: async (itemBytes, goesOn) => {
      let received = 0;
      for await (const item of echo.download({ itemBytes })) {
        received += item.byteLength;
        if (!goesOn(received)) break;
      }
      return received;
    },
  }),
  processes: () => ({ processIds }),
  heap: () => {
    globalThis.gc?.();
    return { heapBytes: process.memoryUsage().heapUsed };
  },
});
