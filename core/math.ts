/**
 * Elementary functions that give the same bits on every JavaScript engine. ECMAScript leaves
 * `Math.exp`, `log`, `pow`, `sin` ... to the implementation, and their last bits do change between
 * Node versions. These use + - * / alone, which IEEE 754 fixes; `Math.sqrt`, `abs`, `floor`, `trunc`,
 * `fround` and `imul` are exact by the standard and need no twin here.
 *
 * `exp`, `log`, `log1p`, `cosPi` and `sinPi` are ported from FDLIBM 5.3 (errors below 1 ulp):
 *
 *   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *   Developed at SunPro, a Sun Microsystems, Inc. business.
 *   Permission to use, copy, modify, and distribute this software is freely granted, provided that
 *   this notice is preserved.
 */

/** ln 2 in two pieces: k * LN2_HIGH is exact for every exponent k. */
const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;
const TWO_54 = 18014398509481984;

/** One double and its bits, as two words. */
const DOUBLE = new Float64Array(1);
const WORDS = new Int32Array(DOUBLE.buffer);
/** Place of the word that holds sign and exponent: 1 on little-endian machines. */
const HIGH = highWord();

/** e^x. 0 below -745.2, Infinity above 709.8, NaN for NaN. */
export function exp(x: number): number {
  if (!(x <= 7.09782712893384e2)) return x - x === 0 ? Infinity : x;
  if (x < -7.451332191019411e2) return 0;
  const size = Math.abs(x);
  if (size < 3.725290298461914e-9) return 1 + x;
  // x = k ln 2 + r with |r| <= ln 2 / 2, and r = high - low.
  let k = 0;
  let high = x;
  let low = 0;
  if (size >= 3.465735912322998e-1) {
    const sign = x < 0 ? -1 : 1;
    k = size < 1.0397205352783203 ? sign : Math.trunc(Math.LOG2E * x + 0.5 * sign);
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.6666666666666602e-1 +
        t *
          (-2.7777777777015593e-3 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  return scale(1 - (low - (r * c) / (2 - c) - high), k);
}

/** Natural logarithm. -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  // x = 2^k (1 + f) with sqrt(2)/2 < 1 + f < sqrt(2).
  let k = 0;
  DOUBLE[0] = x;
  let word = WORDS[HIGH]!;
  if (word < 0x00100000) {
    k = -54;
    DOUBLE[0] = x * TWO_54;
    word = WORDS[HIGH]!;
  }
  k += (word >> 20) - 1023;
  word &= 0x000fffff;
  const carry = (word + 0x95f64) & 0x100000;
  WORDS[HIGH] = word | (carry ^ 0x3ff00000);
  k += carry >> 20;
  const f = DOUBLE[0]! - 1;
  if ((0x000fffff & (2 + word)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW;
    const r = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940942e-1 + w * (2.2222198432149784e-1 + w * 1.5313837699209373e-1));
  const odd =
    z *
    (6.666666666666735e-1 +
      w * (2.857142874366239e-1 + w * (1.818357216161805e-1 + w * 1.4798198605116586e-1)));
  const r = odd + even;
  if (((word - 0x6147a) | (0x6b851 - word)) > 0) {
    const half = 0.5 * f * f;
    if (k === 0) return f - (half - s * (half + r));
    return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** ln(1 + x), exact to the last bits for small x. -Infinity at -1, NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const size = Math.abs(x);
  if (size < 5.551115123125783e-17) return x;
  if (size < 1.862645149230957e-9) return x - x * x * 0.5;
  let k = 0;
  let f = x;
  let correction = 0;
  let word = 1;
  if (x <= -0.2928934097290039 || x >= 0.4142136573791504) {
    // 1 + x = 2^k (1 + f); `correction` is what the rounding of 1 + x lost.
    let u = x;
    if (x < 9007199254740992) u = 1 + x;
    DOUBLE[0] = u;
    word = WORDS[HIGH]!;
    k = (word >> 20) - 1023;
    if (x < 9007199254740992) correction = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u;
    word &= 0x000fffff;
    if (word < 0x6a09e) {
      WORDS[HIGH] = word | 0x3ff00000;
    } else {
      k += 1;
      WORDS[HIGH] = word | 0x3fe00000;
      word = (0x00100000 - word) >> 2;
    }
    f = DOUBLE[0]! - 1;
  }
  const half = 0.5 * f * f;
  if (word === 0) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + (correction + k * LN2_LOW);
    const r = half * (1 - 0.6666666666666666 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - (k * LN2_LOW + correction) - f);
  }
  const s = f / (2 + f);
  const r = logSeries(s * s);
  if (k === 0) return f - (half - s * (half + r));
  return k * LN2_HIGH - (half - (s * (half + r) + (k * LN2_LOW + correction)) - f);
}

/**
 * x^y for x >= 0, as exp(y ln x): the relative error is about |y ln x| ulp, so the result of a large
 * power is good to fewer digits than `Math.pow`'s. pow(x, 0) is 1; NaN for x < 0.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (y === 1 || x === 1) return x;
  return exp(y * log(x));
}

/** cos(pi t): exact at multiples of 1/2, and symmetric to the bit. */
export function cosPi(t: number): number {
  const turn = Math.abs(t) % 2;
  const half = turn > 1 ? 2 - turn : turn;
  if (half > 0.5) return -cosQuarter(1 - half);
  return cosQuarter(half);
}

/** sin(pi t): exact at multiples of 1/2, and antisymmetric to the bit. */
export function sinPi(t: number): number {
  const turn = Math.abs(t) % 2;
  const sign = t < 0 === turn > 1 ? 1 : -1;
  const half = turn > 1 ? turn - 1 : turn;
  return sign * cosQuarter(half > 0.5 ? half - 0.5 : 0.5 - half);
}

/** cos(pi t) for 0 <= t <= 1/2. */
function cosQuarter(t: number): number {
  return t <= 0.25 ? cosKernel(Math.PI * t) : sinKernel(Math.PI * (0.5 - t));
}

/** cos x for |x| <= pi / 4. */
function cosKernel(x: number): number {
  const z = x * x;
  const r =
    z *
    (4.16666666666666e-2 +
      z *
        (-1.388888888887411e-3 +
          z *
            (2.480158728947673e-5 +
              z *
                (-2.7557314351390663e-7 +
                  z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + z * r);
}

/** sin x for |x| <= pi / 4. */
function sinKernel(x: number): number {
  const z = x * x;
  const r =
    8.33333333332249e-3 +
    z *
      (-1.984126982985795e-4 +
        z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x + z * x * (-1.6666666666666632e-1 + z * r);
}

/** The series of log(1 + f) - f + f^2/2 in z = s^2. */
function logSeries(z: number): number {
  return (
    z *
    (6.666666666666735e-1 +
      z *
        (3.999999999940942e-1 +
          z *
            (2.857142874366239e-1 +
              z *
                (2.2222198432149784e-1 +
                  z *
                    (1.818357216161805e-1 +
                      z * (1.5313837699209373e-1 + z * 1.4798198605116586e-1))))))
  );
}

/** y 2^k for 1/2 < y < 2; the power is built from its bits, in two steps where it has none. */
function scale(y: number, k: number): number {
  if (k === 1024) return y * 2 * powerOfTwo(1023);
  if (k >= -1021) return y * powerOfTwo(k);
  return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  WORDS[1 - HIGH] = 0;
  WORDS[HIGH] = (k + 1023) << 20;
  return DOUBLE[0]!;
}

function highWord(): 0 | 1 {
  DOUBLE[0] = 1;
  return WORDS[1] === 0 ? 0 : 1;
}
