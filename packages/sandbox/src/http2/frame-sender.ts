import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { frameHeadBytes, frameType, writeFrameHead } from './frame-format.ts';

const slabBytes = 32 * 1024;
/** Payloads up to so much are copied beside the head of their frame: one write of a little more costs less than two. */
const copiedBytes = 8 * 1024;
/** What may be on its way to the kernel before frames of data wait, so that small frames of others need not. */
const fullBytes = 256 * 1024;
const nothing = Buffer.alloc(0);

/** Writes frames to a socket: those of one turn of the event loop at once. */
export class FrameSender {
  readonly #socket: Socket;
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  #start = 0;
  #position = 0;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  readonly #whenSent: (() => void)[] = [];
  #whenRoom: (() => void) | undefined;
  #told = 0;
  #isDue = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether frames of data should wait for {@link whenRoom}. */
  get isFull(): boolean {
    return this.#socket.writableLength + this.#partBytes + this.#position - this.#start >= fullBytes;
  }

  /** Takes a frame that is no data; it leaves at the end of this turn at the latest. */
  send(type: number, flags: number, stream: number, payload: Uint8Array = nothing): void {
    this.#add(type, flags, stream, payload);
    this.flushSoon();
  }

  /**
   * Takes a frame of data, which leaves by {@link flush}. It must stay as it is until it is `released`: at once, where it is
   * small, or when the kernel has it.
   */
  sendData(stream: number, payload: Uint8Array, released: (() => void) | undefined): void {
    const isCopied = this.#add(frameType.data, 0, stream, payload);
    if (isCopied) released?.();
    else if (released) this.#whenSent.push(released);
  }

  /** Says something that is no frame. */
  sendRaw(bytes: Uint8Array): void {
    this.#cut();
    this.#parts.push(bytes);
    this.#partBytes += bytes.length;
  }

  /** Hands everything to the socket at the end of this turn. */
  flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    process.nextTick(() => this.flush());
  }

  /** Hands everything to the socket. */
  flush(): void {
    this.#isDue = false;
    if (this.#parts.length > 0) this.#flushAll();
    else if (this.#position > this.#start && this.#socket.writable) this.#socket.write(this.#cutOff());
    if (this.#socket.writableLength === 0) this.#start = this.#position = 0; // the kernel has it all
  }

  /** Calls back when everything that was sent is with the kernel. Nobody is called when the socket is lost. */
  whenSent(sent: () => void): void {
    this.flush();
    if (this.#socket.writableLength === 0) sent();
    else this.#writeTelling(nothing, [sent]);
  }

  /** Calls one back, in a later turn, when half of what fills it is with the kernel; never when the socket is lost. */
  whenRoom(room: () => void): void {
    this.#whenRoom = room;
    if (this.#told === 0) this.#writeTelling(nothing, []);
  }

  /** Whether the payload was copied. */
  #add(type: number, flags: number, stream: number, payload: Uint8Array): boolean {
    const { length } = payload;
    const isCopied = length <= copiedBytes;
    if (this.#position + frameHeadBytes + (isCopied ? length : 0) > slabBytes) this.#renewSlab();
    this.#position = writeFrameHead(this.#slab, this.#position, length, type, flags, stream);
    if (isCopied) {
      this.#slab.set(payload, this.#position);
      this.#position += length;
    } else this.sendRaw(payload);
    return isCopied;
  }

  #flushAll(): void {
    this.#cut();
    const parts = this.#parts;
    this.#parts = [];
    this.#partBytes = 0;
    const waiting = this.#whenSent.splice(0);
    if (this.#socket.writable) this.#write(parts, waiting);
  }

  #write(parts: readonly Uint8Array[], waiting: readonly (() => void)[]): void {
    const isTold = waiting.length > 0;
    if (parts.length > 1) this.#socket.cork();
    for (const [index, part] of parts.entries())
      if (isTold && index === parts.length - 1) this.#writeTelling(part, waiting);
      else this.#socket.write(part);
    if (parts.length > 1) this.#socket.uncork();
  }

  #writeTelling(part: Uint8Array, waiting: readonly (() => void)[]): void {
    if (!this.#socket.writable) return; // it was ended, and an error would lose what it still has to write
    this.#told++;
    this.#socket.write(part, (error) => {
      this.#told--;
      if (error) return;
      for (const sent of waiting) sent();
      this.#tellOfRoom();
    });
  }

  #tellOfRoom(): void {
    const room = this.#whenRoom;
    if (!room) return;
    this.#whenRoom = undefined;
    if (this.#socket.writableLength >= fullBytes / 2) return this.whenRoom(room);
    room();
  }

  #renewSlab(): void {
    this.#cut();
    this.#slab = Buffer.allocUnsafeSlow(slabBytes);
    this.#start = this.#position = 0;
  }

  #cut(): void {
    if (this.#position === this.#start) return;
    this.#partBytes += this.#position - this.#start;
    this.#parts.push(this.#cutOff());
  }

  #cutOff(): Buffer {
    const start = this.#start;
    this.#start = this.#position;
    return this.#slab.subarray(start, this.#position);
  }
}
