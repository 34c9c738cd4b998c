import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { openScribe } from './scribe.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
});
afterEach(() => exporter.reset());
afterAll(async () => {
  trace.disable();
  context.disable();
  await provider.shutdown();
});

describe.each(['trusted', 'untrusted'] as const)('the trace of a call to a plugin, %s', (trustLevel) => {
  it('has a span for the call, below the one that the caller was in', async () => {
    await using scribe = await openScribe(trustLevel);
    const tracer = trace.getTracer('test');
    await tracer.startActiveSpan('caller', async (caller) => {
      await scribe.api.write('a');
      caller.end();
    });
    const [call, caller] = exporter.getFinishedSpans();
    expect(call).toMatchObject({
      name: 'Scribe v1.write',
      kind: SpanKind.CLIENT,
      attributes: {
        'plugin.id': 'test.scribe',
        'plugin.trust_level': trustLevel,
        'plugin.capability': 'Scribe v1',
        'plugin.method': 'write',
      },
      status: { code: SpanStatusCode.UNSET },
      parentSpanContext: { spanId: caller?.spanContext().spanId },
    });
    expect(call?.spanContext().traceId).toBe(caller?.spanContext().traceId);
  });

  it('goes on from the traceparent that a caller gives', async () => {
    await using scribe = await openScribe(trustLevel);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await scribe.api.write('a', { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    expect(exporter.getFinishedSpans()[0]).toMatchObject({
      parentSpanContext: { traceId, spanId: 'b7ad6b7169203331', isRemote: true },
    });
  });

  it('begins anew for a traceparent that is none', async () => {
    await using scribe = await openScribe(trustLevel);
    await scribe.api.write('a', { traceparent: '00-nonsense' });
    expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
  });

  it('says by the code why a call failed, and nothing of its data', async () => {
    await using scribe = await openScribe(trustLevel);
    await scribe.api.fail('the password is 1234').catch(() => undefined);
    const [call] = exporter.getFinishedSpans();
    expect(call).toMatchObject({
      attributes: { 'error.type': 'CALL_FAILED' },
      status: { code: SpanStatusCode.ERROR, message: 'CALL_FAILED' },
      events: [],
    });
  });

  it('has a span for a stream until its caller leaves it', async () => {
    await using scribe = await openScribe(trustLevel);
    for await (const number of scribe.api.read(10)) {
      expect(exporter.getFinishedSpans()).toEqual([]);
      if (number === 2) break;
    }
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'Scribe v1.read', status: { code: SpanStatusCode.UNSET } },
    ]);
  });

  it('tells the plugin the span, so that it can go on from there', async () => {
    await using scribe = await openScribe(trustLevel);
    const traceparent = await scribe.api.traceparent(null);
    const spanContext = exporter.getFinishedSpans()[0]?.spanContext();
    expect(traceparent).toBe(`00-${spanContext?.traceId}-${spanContext?.spanId}-01`);
  });

  it('goes on where the plugin calls a service of the host', async () => {
    await using scribe = await openScribe(trustLevel);
    expect(await scribe.api.ask('full')).toBe('full!');
    const [service, call] = exporter.getFinishedSpans();
    expect(service).toMatchObject({
      name: 'Ink v1.fill',
      kind: SpanKind.SERVER,
      parentSpanContext: { spanId: call?.spanContext().spanId },
    });
    expect(scribe.traceIds).toEqual([call?.spanContext().traceId]);
  });
});
