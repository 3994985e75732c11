/**
 * A node's way in, held to a bandwidth: a queue of bytes in the order of their coming. Nothing is
 * held back on the wire; what came too fast is handed on when it would have come through.
 */

/**
 * Bytes that come a little late, because a timer was, count as those of the busy period before:
 * otherwise each lateness would delay everything behind it. That is the depth of the bucket, in
 * time. In the middle of a frame it is deep, since a sender makes no pauses there.
 */
const lateNanosMax = 2_000_000;
const lateInFrameNanosMax = 20_000_000;

export class Downlink {
  #nanosPerByte: number;
  /** When the last byte so far is through. */
  #free = -Infinity;

  constructor(bytesPerSecond: number) {
    this.#nanosPerByte = 1e9 / bytesPerSecond;
  }

  set bytesPerSecond(rate: number) {
    this.#nanosPerByte = 1e9 / rate;
  }

  /**
   * When bytes that a sender of this rate has finished sending at `now` are through. They have been
   * coming for as long as they took to be sent, so a link that is as fast as the sender's and free
   * lets them through at once. `inFrame`: they go on with a frame of which some came before.
   */
  through(bytes: number, senderBytesPerSecond: number, now: number, inFrame: boolean): number {
    const came = now - (bytes * 1e9) / senderBytesPerSecond;
    const late = came - this.#free;
    const busy = late <= (inFrame ? lateInFrameNanosMax : lateNanosMax);
    this.#free = (busy ? this.#free : came) + bytes * this.#nanosPerByte;
    return Math.max(now, Math.ceil(this.#free));
  }
}
