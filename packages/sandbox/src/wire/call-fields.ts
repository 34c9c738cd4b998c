import type { FieldReader } from './field-reader.ts';
import type { Answer, Call, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { textLength, varintLength, type MessageBuilder } from './message-builder.ts';
import {
  beginEntry,
  fieldLength,
  payloadLength,
  readPayload,
  textFieldLength,
  writePayload,
  writeText,
} from './payload-fields.ts';

const maxUint32 = 2 ** 32 - 1;

/** Writes a call as an entry that is this field. */
export function writeCall(builder: MessageBuilder, tag: number, call: Call): void {
  const { id, capability, version, method, request, timeoutMs, traceparent } = call;
  const capabilityBytes = textLength(capability);
  const methodBytes = textLength(method);
  const traceBytes = textLength(traceparent);
  const jsonBytes = request ? textLength(request.json) : 0;
  const requestBytes = request ? payloadLength(request, jsonBytes) : 0;
  beginEntry(
    builder,
    tag,
    numberLength(id) +
      textFieldLength(capabilityBytes) +
      numberLength(version) +
      textFieldLength(methodBytes) +
      (request ? fieldLength(requestBytes) : 0) +
      numberLength(timeoutMs) +
      2 * (Number(call.streamsRequest) + Number(call.streamsResponse) + Number(call.transfersRequest)) +
      textFieldLength(traceBytes),
  );
  writeNumber(builder, 0x08, id);
  writeText(builder, 0x12, capability, capabilityBytes);
  writeNumber(builder, 0x18, version);
  writeText(builder, 0x22, method, methodBytes);
  if (request) writePayload(builder, 0x2a, request, requestBytes, jsonBytes);
  writeNumber(builder, 0x30, timeoutMs);
  writeNumber(builder, 0x38, Number(call.streamsRequest));
  writeNumber(builder, 0x40, Number(call.streamsResponse));
  writeText(builder, 0x4a, traceparent, traceBytes);
  writeNumber(builder, 0x50, Number(call.transfersRequest));
}

/** Writes an answer that is a response as an entry that is this field. */
export function writeResponse(builder: MessageBuilder, tag: number, id: number, response: Payload): void {
  const jsonBytes = textLength(response.json);
  const responseBytes = payloadLength(response, jsonBytes);
  beginEntry(builder, tag, numberLength(id) + fieldLength(responseBytes));
  writeNumber(builder, 0x08, id);
  writePayload(builder, 0x12, response, responseBytes, jsonBytes);
}

/** Reads a call. */
export function readCall(reader: FieldReader): Call {
  const outer = reader.enter();
  let id = 0;
  let capability = '';
  let version = 0;
  let method = '';
  let request: Payload | undefined;
  let timeoutMs = 0;
  let traceparent = '';
  let streamsRequest = false;
  let streamsResponse = false;
  let transfersRequest = false;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) id = reader.varint(Number.MAX_SAFE_INTEGER);
    else if (tag === 0x12) capability = reader.text();
    else if (tag === 0x18) version = reader.varint(maxUint32);
    else if (tag === 0x22) method = reader.text();
    else if (tag === 0x2a) request = readPayload(reader);
    else if (tag === 0x30) timeoutMs = reader.varint(maxUint32);
    else if (tag === 0x38) streamsRequest = reader.varint(1) === 1;
    else if (tag === 0x40) streamsResponse = reader.varint(1) === 1;
    else if (tag === 0x4a) traceparent = reader.text();
    else if (tag === 0x50) transfersRequest = reader.varint(1) === 1;
    else reader.refuse();
  }
  reader.leave(outer);
  return {
    id,
    capability,
    version,
    method,
    request,
    timeoutMs,
    streamsRequest,
    streamsResponse,
    traceparent,
    transfersRequest,
  };
}

/** Reads an answer that is a response; for another one the reader is no longer good. */
export function readResponse(reader: FieldReader): Answer {
  const outer = reader.enter();
  let id = 0;
  let response: Payload | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) id = reader.varint(Number.MAX_SAFE_INTEGER);
    else if (tag === 0x12) response = readPayload(reader);
    else reader.refuse();
  }
  reader.leave(outer);
  return { id, result: response && { $case: 'response', value: response } };
}

function numberLength(value: number): number {
  return value === 0 ? 0 : 1 + varintLength(value);
}

function writeNumber(builder: MessageBuilder, tag: number, value: number): void {
  if (value === 0) return;
  builder.varint(tag);
  builder.varint(value);
}
