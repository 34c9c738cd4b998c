import type { CapabilityApi } from '../../src/index.ts';
import type { CanScan } from './contract.ts';

declare const scanner: CapabilityApi<typeof CanScan.methods>;
declare const chunks: AsyncIterable<Uint8Array>;

// What is right.
const { findings } = await scanner.scan({ path: 'a' }, { timeoutMs: 5, signal: AbortSignal.timeout(5) });
for await (const line of scanner.follow({ path: 'a' })) line.toFixed(findings);
const isComplete: boolean = await scanner.upload(chunks);

// @ts-expect-error the contract does not know this method
await scanner.scna({ path: 'a' });

// @ts-expect-error the request lacks a field
await scanner.scan({});

// @ts-expect-error the field of the request has another type
await scanner.scan({ path: 1 });

// @ts-expect-error there is a request
await scanner.scan();

// @ts-expect-error there is no such option
await scanner.scan({ path: 'a' }, { timeout: 5 });

// @ts-expect-error the answer has no such field
await scanner.scan({ path: 'a' }).then(({ found }) => found);

// @ts-expect-error an answer is not many
const stream: AsyncIterable<unknown> = scanner.scan({ path: 'a' });

// @ts-expect-error many answers are not one
const promise: PromiseLike<unknown> = scanner.follow({ path: 'a' });

// @ts-expect-error a request stream can be waited for
await scanner.upload([new Uint8Array(1)]);

export { isComplete, promise, stream };
