/** Instructions of WebAssembly, as bytes: an expression leaves one value, a statement none. */
export type Code = readonly number[]

/** A parameter or local variable of a function. */
export interface Variable {
  readonly get: Code
  set(value: Code): Code
}

export type ValueType = 'i32' | 'v128'

/** An unsigned, then a signed number in LEB128. */
export const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
const signed = (value: number): number[] =>
  value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]

const simd = (operation: number, operands: readonly Code[], immediates: readonly number[] = []): Code => [
  ...operands.flat(),
  0xfd,
  ...unsigned(operation),
  ...immediates,
]
const address = (align: number, offset: number): number[] => [align, ...unsigned(offset)]

/** 32-bit numbers and addresses. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  multiply: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  load: (at: Code, offset = 0): Code => [...at, 0x28, ...address(2, offset)],
}

/** Two 64-bit numbers side by side. */
export const pair = {
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  add: (a: Code, b: Code): Code => simd(0xf0, [a, b]),
  subtract: (a: Code, b: Code): Code => simd(0xf1, [a, b]),
  multiply: (a: Code, b: Code): Code => simd(0xf2, [a, b]),
  load: (at: Code, offset = 0): Code => simd(0x00, [at], address(3, offset)),
  /** One number, twice. */
  loadBoth: (at: Code, offset = 0): Code => simd(0x0a, [at], address(3, offset)),
  /** Two 32-bit numbers, made longer. */
  loadFloats: (at: Code, offset = 0): Code => simd(0x5f, [simd(0x5d, [at], address(2, offset))]),
  store: (at: Code, value: Code, offset = 0): Code => simd(0x0b, [at, value], address(3, offset)),
}

/** Four 32-bit numbers side by side. */
export const quad = {
  zero: pair.zero,
  add: (a: Code, b: Code): Code => simd(0xe4, [a, b]),
  multiply: (a: Code, b: Code): Code => simd(0xe6, [a, b]),
  load: (at: Code, offset = 0): Code => simd(0x00, [at], address(2, offset)),
  /** One number, four times. */
  loadAll: (at: Code): Code => simd(0x09, [at], address(2, 0)),
  store: (at: Code, value: Code, offset = 0): Code => simd(0x0b, [at, value], address(2, offset)),
}

/** Statements one after the other. */
export const sequence = (...statements: readonly Code[]): Code => statements.flat()

/** The body, at least once, and again as long as `variable`, which goes up by `step` after each time, is below `end`. */
export const repeat = (variable: Variable, step: number | Code, end: Code, body: Code): Code => [
  ...[0x03, 0x40], // loop
  ...body,
  ...variable.set(i32.add(variable.get, typeof step === 'number' ? i32.const(step) : step)),
  ...[...variable.get, ...end, 0x49], // below, without sign
  ...[0x0d, 0x00, 0x0b], // once more
]

/** A function without a result. */
export interface WasmFunction {
  parameters: readonly ValueType[]
  locals: readonly ValueType[]
  body: Code
}

/**
 * A function by what its parameters are called; `locals` makes variables of its own.
 *
 *     wasmFunction(['from', 'to'], ({ from, to }, locals) => {
 *       const [sum] = locals('v128', 1)
 *       return sequence(
 *         sum.set(pair.add(pair.load(from.get), pair.load(from.get, 16))),
 *         pair.store(to.get, sum.get),
 *       )
 *     })
 */
export function wasmFunction<P extends string>(
  parameters: readonly P[],
  body: (parameters: Record<P, Variable>, locals: (type: ValueType, count: number) => Variable[]) => Code,
): WasmFunction {
  const types: ValueType[] = []
  const variable = (n: number): Variable => ({
    get: [0x20, ...unsigned(n)],
    set: value => [...value, 0x21, ...unsigned(n)],
  })
  const named = Object.fromEntries(parameters.map((name, n) => [name, variable(n)])) as Record<P, Variable>
  const whole = body(named, (type, count) =>
    Array.from({ length: count }, () => variable(parameters.length + types.push(type) - 1)),
  )
  return { parameters: parameters.map(() => 'i32'), locals: types, body: whole }
}
