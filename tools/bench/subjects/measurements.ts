/** A request on its way to a process that is measured. */
export interface MeasureRequest {
  readonly measure: string;
  readonly [detail: string]: unknown;
}

/** What a call carries: structured data as JSON, or binary data. */
type PayloadKind = 'json' | 'bytes';

/** Calls one after the other. */
export interface LatencyRequest {
  readonly measure: 'latency';
  readonly kind: PayloadKind;
  readonly bytes: number;
  readonly forMs?: number;
  /** Where it ends earlier. */
  readonly calls?: number;
}

/** So many calls at the same time, each followed by another when it is answered. */
export interface ThroughputRequest {
  readonly measure: 'throughput';
  readonly bytes: number;
  readonly inFlight: number;
  readonly forMs?: number;
  /** Where it ends earlier. */
  readonly calls?: number;
}

/** Which way a stream flows. */
export type Direction = 'toPlugin' | 'toHost';

/** One stream of items of one size. */
export interface StreamRequest {
  readonly measure: 'stream';
  readonly direction: Direction;
  readonly bytes: number;
  readonly forMs?: number;
  /** Where it ends earlier. */
  readonly totalBytes?: number;
}

/** What came of calls one after the other; in microseconds. */
export interface LatencyFigures {
  readonly calls: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** What came of calls at the same time. */
export interface ThroughputFigures {
  readonly calls: number;
  readonly seconds: number;
}

/** What came of a stream. */
export interface StreamFigures {
  readonly bytes: number;
  readonly seconds: number;
}
