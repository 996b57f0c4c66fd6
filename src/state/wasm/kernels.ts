import { type Code, unsigned, type ValueType, type WasmFunction } from './assembler.ts'

/** A memory of WebAssembly; where it grows, `buffer` is another and arrays on the one before are of no use any more. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export type WasmKernels<N extends string> = Readonly<Record<N, (...numbers: readonly number[]) => void>>

/** Node has it, and the types of Node do not. */
const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyOfNode }).WebAssembly
interface WebAssemblyOfNode {
  Memory: new (limits: { initial: number }) => WasmMemory
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: object }
}

export const pageBytes = 65_536

/** A memory of at least so many bytes, all zero. */
export const wasmMemory = (bytes: number): WasmMemory => new Memory({ initial: Math.ceil(bytes / pageBytes) })

/**
 * Functions that were put together here, for any memory; they are compiled when the first is asked for.
 *
 *     const kernelsIn = wasmKernels({ sum })
 *     kernelsIn(memory).sum(0, 64)
 */
export function wasmKernels<N extends string>(
  functions: Readonly<Record<N, WasmFunction>>,
): (memory: WasmMemory) => WasmKernels<N> {
  let module: object | null = null
  return memory => {
    module ??= new Module(moduleOf(Object.entries<WasmFunction>(functions)))
    return new Instance(module, { memory: { memory } }).exports as WasmKernels<N>
  }
}

const typeBytes: Record<ValueType, number> = { i32: 0x7f, v128: 0x7b }

/** WebAssembly Core Specification 2.0, chapter 5: magic number and version; types, imports, functions, exports and code. */
function moduleOf(functions: readonly (readonly [string, WasmFunction])[]): Uint8Array {
  const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
  const text = (value: string): Code => list([...value].map(letter => [letter.charCodeAt(0)]))
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content]
  const types = (of: readonly ValueType[]): Code => list(of.map(type => [typeBytes[type]]))
  const code = ({ locals, body }: WasmFunction): Code => {
    const whole = [...list(locals.map(type => [1, typeBytes[type]])), ...body, 0x0b]
    return [...unsigned(whole.length), ...whole]
  }
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(functions.map(([, { parameters }]) => [0x60, ...types(parameters), 0]))),
    ...section(2, list([[...text('memory'), ...text('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, list(functions.map((_, n) => unsigned(n)))),
    ...section(7, list(functions.map(([name], n) => [...text(name), 0x00, ...unsigned(n)]))),
    ...section(10, list(functions.map(([, each]) => code(each)))),
  ])
}
