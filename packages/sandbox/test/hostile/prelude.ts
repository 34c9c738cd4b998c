import type { Scene } from './scene.ts';

/** What every attempt has at hand, once the file that it waits for is there. */
export function writePrelude(scene: Scene, goAhead: string): string {
  return `
const scene = ${JSON.stringify(scene)};
const fs = require('node:fs'), net = require('node:net'), os = require('node:os');
const { spawn, spawnSync } = require('node:child_process');
/** Bytes that a program wrote, or the code or signal that it ended with. */
const output = (file) => {
  const { error, signal, stdout } = spawnSync(file, { maxBuffer: 1 << 24 });
  return error?.code ?? signal ?? stdout;
};
const decode = (result) => result < 0n && result > -4096n ? require('node:util').getSystemErrorName(Number(result)) : Number(result);
/** The result of its last call. */
const run = (file) => {
  const written = output(file);
  return typeof written === 'string' ? written : decode(written.readBigInt64LE(written.length - 8));
};
const read = (path) => fs.readFileSync(path, 'utf8') === undefined ? 'nothing' : 'read';
const write = (path) => fs.writeFileSync(path, 'x') ?? 'written';
const dial = (address) => new Promise((resolve, reject) =>
  net.connect(address, function () { this.destroy(); resolve('connected'); }).on('error', reject));
const within = (promise) => new Promise((resolve, reject) => {
  setTimeout(() => resolve('no answer'), 40_000).unref();
  promise.then(resolve, reject);
});
const stay = () => new Promise(() => setInterval(() => {}, 1e6));
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
const attempt = async (body) => {
  try { return await within(body()); } catch (error) { return error.info?.code ?? error.code ?? error.message; }
};
while (!fs.existsSync('${goAhead}')) await pause();
`;
}
