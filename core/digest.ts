/** A digest of values: to tell whether two runs ended in the same bits, not against an adversary. */

/** Two lanes of MurmurHash3's 32-bit round over words of 32 bits. */
export class Digest {
  #a = 0x9747b28c;
  #b = 0x3c6ef372;
  #words = 0;

  /** Takes the bits of float32 values. NaNs count as they are stored. */
  values(values: Float32Array): this {
    return this.words(new Uint32Array(values.buffer, values.byteOffset, values.length));
  }

  words(words: Uint32Array): this {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words.length; i++) {
      let k = Math.imul(words[i]!, 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      a ^= k;
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
      b ^= Math.imul(k, 0x85ebca6b) ^ (k >>> 13);
      b = (Math.imul((b << 17) | (b >>> 15), 9) + 0x52dce729) | 0;
    }
    this.#a = a;
    this.#b = b;
    this.#words += words.length;
    return this;
  }

  /** Takes bytes of any number and alignment. */
  bytes(bytes: Uint8Array): this {
    const words = new Uint32Array((bytes.length + 3) >>> 2);
    new Uint8Array(words.buffer).set(bytes);
    this.#words += bytes.length;
    return this.words(words);
  }

  /** Takes text, by UTF-16 code units. */
  text(text: string): this {
    const words = new Uint32Array(text.length);
    for (let i = 0; i < text.length; i++) words[i] = text.charCodeAt(i);
    return this.words(words);
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    return finish(this.#a ^ this.#words) + finish(this.#b ^ Math.imul(this.#words, 0x9e3779b1));
  }
}

function finish(lane: number): string {
  let x = lane ^ (lane >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
