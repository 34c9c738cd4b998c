import { errorCode, Http2Error } from './error-code.ts';

/** Frames that carry nothing: so many at once, and as many more in a second. */
const framesPerSecond = 1000;

/** Bounds how many frames come that are an effort and bring nothing: pings, settings, resets, empty data, what nobody knows. */
export class FrameAllowance {
  #left = framesPerSecond;
  #grantedAt = performance.now();

  /** Counts one. Throws `Http2Error` when there were too many. */
  spend(): void {
    if (this.#left === 0) this.#grant();
    if (this.#left === 0)
      throw new Http2Error(
        errorCode.enhanceYourCalm,
        `it sent more than ${framesPerSecond} frames in a second that carry nothing`,
      );
    this.#left--;
  }

  #grant(): void {
    const now = performance.now();
    const earned = Math.floor(((now - this.#grantedAt) * framesPerSecond) / 1000);
    this.#left = Math.min(framesPerSecond, earned);
    if (earned > 0) this.#grantedAt = now;
  }
}
