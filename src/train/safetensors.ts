import type { LearnerState, StateArray } from './learner.ts'

const types = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
  I64: BigInt64Array,
} as const
type TypeName = keyof typeof types

interface Entry {
  dtype: TypeName
  shape: number[]
  data_offsets: [number, number]
}

/**
 * A learner's state in safetensors layout, as chunks to be written one after the other: the header's length in eight
 * bytes, a JSON header with every array's type, shape and place, then the bytes.
 *
 * Any safetensors reader opens the result; `meta` stands as JSON text under `__metadata__`.
 */
export function encodeState(state: LearnerState): Uint8Array[] {
  const header: Record<string, Entry | Record<string, string>> = { __metadata__: { meta: JSON.stringify(state.meta) } }
  const bodies: Uint8Array[] = []
  let offset = 0
  // Widest types first keep every array aligned to its own width.
  const names = Object.keys(state.arrays).sort((a, b) => width(b) - width(a) || (a < b ? -1 : 1))
  function width(name: string): number {
    return state.arrays[name]!.BYTES_PER_ELEMENT
  }
  for (const name of names) {
    const array = state.arrays[name]!
    const dtype = (Object.keys(types) as TypeName[]).find(type => array instanceof types[type])!
    header[name] = { dtype, shape: [array.length], data_offsets: [offset, offset + array.byteLength] }
    bodies.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    offset += array.byteLength
  }
  const text = Buffer.from(JSON.stringify(header))
  const padding = Buffer.alloc((8 - (text.length % 8)) % 8, ' ')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length + padding.length))
  return [length, text, padding, ...bodies]
}

/** What `encodeState` made, read again; throws when the bytes are anything else. */
export function decodeState(bytes: Uint8Array): LearnerState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length > bytes.length - 8) throw new RangeError('The header is longer than the file.')
  const { __metadata__, ...entries } = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8')) as {
    __metadata__: { meta: string }
  } & Record<string, Entry>
  const arrays: Record<string, StateArray> = {}
  for (const [name, entry] of Object.entries(entries as Record<string, Entry>)) {
    const [from, to] = entry.data_offsets
    if (to > bytes.length - 8 - length) throw new RangeError(`Array ${name} ends after the file.`)
    // A copy: it is aligned, and the file's bytes can be let go. (A Buffer's own slice would be a view.)
    const body = Uint8Array.prototype.slice.call(bytes, 8 + length + from, 8 + length + to)
    arrays[name] = new types[entry.dtype](body.buffer as ArrayBuffer)
  }
  return { arrays, meta: JSON.parse(__metadata__.meta) as Record<string, unknown> }
}
