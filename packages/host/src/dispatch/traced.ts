import {
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type SpanKind,
  type Tracer,
} from '@opentelemetry/api';
import { isPluginError, type CallOptions, type PluginTrustLevel } from '@stellaops/plugin-abstractions';
import type { CallLink, Method, Wrap } from './call-link.ts';

const scope = '@stellaops/plugin-host';
/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00. */
const traceparentFormat = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * A span for each call, as a child of the active span of the caller, or of the `traceparent` that it gave; what is called is told the span
 * by `traceparent`. Nothing is done while the application has registered no tracer provider.
 */
export function traced(trustLevel: PluginTrustLevel, kind: SpanKind): Wrap {
  return (link) => {
    const provider = trace.getTracerProvider();
    // A provider that is registered later becomes the delegate of this one.
    const tracerOf =
      provider instanceof ProxyTracerProvider
        ? () => provider.getDelegateTracer(scope)
        : () => provider.getTracer(scope);
    const begin = (tracer: Tracer, options: CallOptions | undefined): TracedCall =>
      beginCall(link, { tracer, trustLevel, kind }, options);
    return link.contract.responseStream
      ? tracedStream(link.next, tracerOf, begin)
      : tracedAnswer(link.next, tracerOf, begin);
  };
}

/** One call with its span. */
interface TracedCall {
  readonly span: Span;
  /** In which the plugin is called, so that what it does in this process belongs to the span. */
  readonly inside: Context;
  readonly options: CallOptions;
}

type Begin = (tracer: Tracer, options: CallOptions | undefined) => TracedCall;

function tracedAnswer(next: Method, tracerOf: () => Tracer | undefined, begin: Begin): Method {
  return (input, given) => {
    const tracer = tracerOf();
    if (!tracer) return next(input, given);
    const { span, inside, options } = begin(tracer, given);
    return Promise.resolve(context.with(inside, next, undefined, input, options)).then(
      (answer) => {
        span.end();
        return answer;
      },
      (error: unknown) => {
        endFailed(span, error);
        throw error;
      },
    );
  };
}

function tracedStream(next: Method, tracerOf: () => Tracer | undefined, begin: Begin): Method {
  return (input, given) => {
    const tracer = tracerOf();
    return tracer ? tracedItems(next, () => begin(tracer, given), input) : next(input, given);
  };
}

async function* tracedItems(
  next: Method,
  begin: () => TracedCall,
  input: unknown,
): AsyncGenerator<unknown, void, undefined> {
  const { span, inside, options } = begin();
  const items = (next(input, options) as AsyncIterable<unknown>)[Symbol.asyncIterator](); // as the contract says
  try {
    for (;;) {
      const { value, done } = await context.with(inside, () => items.next());
      if (done) return;
      yield value;
    }
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
    await items.return?.();
  }
}

function beginCall(
  { target: { pluginId, capability, method } }: CallLink,
  { tracer, trustLevel, kind }: { tracer: Tracer; trustLevel: PluginTrustLevel; kind: SpanKind },
  options: CallOptions = {},
): TracedCall {
  const attributes = {
    'plugin.id': pluginId,
    'plugin.trust_level': trustLevel,
    'plugin.capability': capability,
    'plugin.method': method,
  };
  const parent = parentOf(options);
  const span = tracer.startSpan(`${capability}.${method}`, { kind, attributes }, parent);
  const traceparent = formatTraceparent(span.spanContext()) ?? options.traceparent;
  const { signal, timeoutMs } = options;
  return { span, inside: trace.setSpan(parent, span), options: { signal, timeoutMs, traceparent } };
}

/** What the caller said comes before what is active: it is nearer to the call where a plugin calls from another process. */
function parentOf({ traceparent }: CallOptions): Context {
  const remote = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  return remote ? trace.setSpanContext(context.active(), remote) : context.active();
}

function parseTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = traceparentFormat.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const spanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(spanContext) ? spanContext : undefined;
}

function formatTraceparent(spanContext: SpanContext): string | undefined {
  if (!isSpanContextValid(spanContext)) return undefined;
  const { traceId, spanId, traceFlags } = spanContext;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function endFailed(span: Span, error: unknown): void {
  failed(span, error);
  span.end();
}

/** The code alone: a message may have data of the request. */
function failed(span: Span, error: unknown): void {
  const code = isPluginError(error) ? error.code : 'CALL_FAILED';
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}
