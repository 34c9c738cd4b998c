import { closeSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

/** Ways to die. */
export const Acrobat = defineCapability({
  id: 'Acrobat',
  version: 1,
  methods: {
    ping: { request: Type.Null(), response: Type.String() },
    die: {
      request: Type.Union([
        Type.Literal('exit'),
        Type.Literal('throw'),
        Type.Literal('abort'),
        Type.Literal('fault'),
        Type.Literal('hog'),
        Type.Literal('hoard'),
        Type.Literal('crowd'),
        Type.Literal('spin'),
        Type.Literal('garble'),
        Type.Literal('hang up'),
        Type.Literal('wait'),
      ]),
      response: Type.Null(),
    },
    dieAfter: { request: Type.Integer(), responseStream: Type.Integer() },
    /** Prints this many chunks of 64 KiB, and answers when the host has taken all of them. */
    print: { request: Type.Integer(), response: Type.Null() },
  },
});

const ways: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(7),
  throw: () => void setImmediate(fall),
  abort: () => process.abort(),
  fault: () => process.kill(process.pid, 'SIGSEGV'),
  hog,
  hoard,
  crowd,
  spin,
  garble: () => sockets().forEach((descriptor) => writeSync(descriptor, 'garble'.repeat(100))),
  'hang up': hangUp,
};

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: ({ logger }) => ({
    provides: [
      implement(Acrobat, {
        ping: async () => 'pong',
        die: async (way) => {
          logger.info('the show begins');
          writeSync(2, 'drum roll\n');
          ways[way]?.();
          return new Promise<never>(() => undefined);
        },
        async *dieAfter(items) {
          for (let item = 1; item <= items; item++) yield item;
          process.exit(7);
        },
        print: async (chunks) => {
          const chunk = `${'x'.repeat(1023)}\n`.repeat(64);
          for (let count = 0; count < chunks; count++) writeSync(1, chunk);
          return null;
        },
      }),
    ],
  }),
});

function fall(): never {
  throw new Error('the rope is cut');
}

function spin(): never {
  for (;;);
}

/** Beside the heap of V8. */
function hog(): never {
  const held: Buffer[] = [];
  for (;;) held.push(Buffer.alloc(8 * 1024 * 1024, 1));
}

/** In the heap of V8. */
function hoard(): never {
  const held: string[][] = [];
  for (;;) held.push('x'.repeat(100_000).split(''));
}

/** Each worker is some threads. */
function crowd(): void {
  const one = (): void => {
    new Worker('setInterval(() => undefined, 1000)', {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 8 },
    }).on('online', one);
  };
  one();
}

/** A runner that has lost its host would leave. */
function hangUp(): void {
  setInterval(() => undefined, 1000);
  process.exit = () => undefined as never;
  sockets().forEach(closeSync);
}

function sockets(): readonly number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => {
      if (descriptor <= 2) return false; // Node's pipes are sockets too
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
      } catch {
        return false; // that of the listing itself
      }
    });
}
