import type {
  LatencyFigures,
  LatencyRequest,
  StreamFigures,
  StreamRequest,
  ThroughputFigures,
  ThroughputRequest,
} from '../subjects/measurements.ts';
import { recordsOf, type Records } from './payloads.ts';
import type { Handler } from './serve.ts';

/** Says, after each item, whether a stream goes on. */
export type GoesOn = (bytes: number) => boolean;

/** The near end of something that gives back what it is given. */
export interface Echo {
  /** A call that carries structured data; missing where only bytes are carried: then its JSON, made beforehand, stands for it. */
  readonly json?: (records: Records) => Promise<unknown>;
  /** A call that carries binary data; missing where there is no way to. */
  readonly bytes?: (data: Buffer) => Promise<unknown>;
  /** Sends items of a size while it goes on, and resolves with the bytes that the other end has received. */
  readonly upload?: (itemBytes: number, goesOn: GoesOn) => Promise<number>;
  /** Receives items of a size while it goes on, and resolves with the bytes. */
  readonly download?: (itemBytes: number, goesOn: GoesOn) => Promise<number>;
}

/** The measurements that every such thing answers. */
export function echoMeasurements(echo: Echo): Readonly<Record<string, Handler>> {
  return {
    latency: (request: LatencyRequest) =>
      measureLatency(prepareCall(echo, request.kind, request.bytes), request),
    throughput: (request: ThroughputRequest) =>
      measureThroughput(prepareCall(echo, 'json', request.bytes), request),
    stream: (request: StreamRequest) => measureStream(echo, request),
  };
}

function prepareCall(echo: Echo, kind: LatencyRequest['kind'], bytes: number): () => Promise<unknown> {
  const { json, bytes: carry } = echo;
  const records = recordsOf(bytes);
  if (kind === 'json' && json) return () => json(records);
  if (!carry) throw new Error('it carries no binary data');
  const data = kind === 'json' ? Buffer.from(JSON.stringify(records)) : Buffer.alloc(bytes);
  return () => carry(data);
}

async function measureLatency(
  call: () => Promise<unknown>,
  { forMs = Infinity, calls = Infinity }: LatencyRequest,
): Promise<LatencyFigures> {
  const millis: number[] = [];
  const end = performance.now() + forMs;
  for (let sent = performance.now(); sent < end && millis.length < calls;) {
    await call();
    const answered = performance.now();
    millis.push(answered - sent);
    sent = answered;
  }
  const sorted = Float64Array.from(millis).toSorted();
  const at = (fraction: number): number => (sorted[Math.floor(sorted.length * fraction)] ?? 0) * 1000;
  return { calls: sorted.length, p50Micros: at(0.5), p99Micros: at(0.99) };
}

async function measureThroughput(
  call: () => Promise<unknown>,
  { inFlight, forMs = Infinity, calls: most = Infinity }: ThroughputRequest,
): Promise<ThroughputFigures> {
  let [begun, answered] = [0, 0];
  const begin = performance.now();
  const lane = async (): Promise<void> => {
    while (begun < most && performance.now() - begin < forMs) {
      begun += 1;
      await call();
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { calls: answered, seconds: (performance.now() - begin) / 1000 };
}

async function measureStream(
  echo: Echo,
  { direction, bytes, forMs = Infinity, totalBytes = Infinity }: StreamRequest,
): Promise<StreamFigures> {
  const begin = performance.now();
  const goesOn: GoesOn = (moved) => moved < totalBytes && performance.now() - begin < forMs;
  const moved = await (direction === 'toPlugin'
    ? echo.upload?.(bytes, goesOn)
    : echo.download?.(bytes, goesOn));
  if (moved === undefined) throw new Error('it carries no streams');
  return { bytes: moved, seconds: (performance.now() - begin) / 1000 };
}
