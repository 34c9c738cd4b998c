/** What the name server of the tests says to every question: an address that is reserved for documentation (RFC 5737). */
export const knownAddress = '192.0.2.7';

const headerBytes = 12;

/** Answers a question for an address, in one record (RFC 1035, section 4). */
export function answerNames(question: Buffer): Buffer {
  const end = question.indexOf(0, headerBytes) + 5;
  const header = Buffer.from(question.subarray(0, headerBytes));
  header.writeUInt16BE(0x8180, 2); // an answer without an error
  header.writeUInt16BE(1, 6);
  header.writeUInt32BE(0, 8);
  const record = [0xc0, headerBytes, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...knownAddress.split('.').map(Number)];
  return Buffer.concat([header, question.subarray(headerBytes, end), Buffer.from(record)]);
}
