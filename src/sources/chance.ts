import { scramble } from '../state/hash.ts'

/** A number in [0, 1) that belongs to (seed, index). */
export function unit(seed: number, index: number): number {
  return scramble(scramble(Math.imul(seed, 0x9e3779b1) ^ index) + Math.floor(index / 2 ** 32)) / 2 ** 32
}

/** Mulberry32: 32 bits of state, in [0, 1). Its period of 2³² draws is about 400 million events. */
export function drawsOf(seed: number): () => number {
  let state = scramble(seed + 1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}
