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

/** Arrays by name with their shapes, and texts beside them: what a safetensors file holds. */
export interface Tensors {
  tensors: Record<string, { array: StateArray; shape: readonly number[] }>
  metadata: Record<string, string>
}

/**
 * Tensors in safetensors layout, as chunks to be written one after the other: the header's length in eight bytes, a JSON
 * header with every array's type, shape and place, then the bytes. Any safetensors reader opens the result.
 */
export function encodeTensors({ tensors, metadata }: Tensors): Uint8Array[] {
  const header: Record<string, Entry | Record<string, string>> = { __metadata__: metadata }
  const bodies: Uint8Array[] = []
  let offset = 0
  // Widest types first keep every array aligned to its own width.
  const width = (name: string) => tensors[name]!.array.BYTES_PER_ELEMENT
  const names = Object.keys(tensors).sort((a, b) => width(b) - width(a) || (a < b ? -1 : 1))
  for (const name of names) {
    const { array, shape } = tensors[name]!
    const dtype = (Object.keys(types) as TypeName[]).find(type => array instanceof types[type])!
    header[name] = { dtype, shape: [...shape], data_offsets: [offset, offset + array.byteLength] }
    bodies.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    offset += array.byteLength
  }
  const text = Buffer.from(JSON.stringify(header))
  const padding = Buffer.alloc((8 - (text.length % 8)) % 8, ' ')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length + padding.length))
  return [length, text, padding, ...bodies]
}

/** What `encodeTensors` made, read again; throws when the bytes are anything else. */
export function decodeTensors(bytes: Uint8Array): Tensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length > bytes.length - 8) throw new RangeError('The header is longer than the file.')
  const { __metadata__, ...entries } = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8')) as {
    __metadata__?: Record<string, string>
  } & Record<string, Entry>
  const tensors: Tensors['tensors'] = {}
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries as Record<string, Entry>)) {
    const [from, to] = data_offsets
    if (to > bytes.length - 8 - length) throw new RangeError(`Array ${name} ends after the file.`)
    if (!(dtype in types)) throw new RangeError(`Array ${name} is of type ${dtype}, which is not read here.`)
    // A copy: it is aligned, and the file's bytes can be let go. (A Buffer's own slice would be a view.)
    const body = Uint8Array.prototype.slice.call(bytes, 8 + length + from, 8 + length + to)
    tensors[name] = { array: new types[dtype](body.buffer as ArrayBuffer), shape }
  }
  return { tensors, metadata: __metadata__ ?? {} }
}

/** A learner's state in safetensors layout; `meta` stands as JSON text beside the arrays. */
export function encodeState({ arrays, meta }: LearnerState): Uint8Array[] {
  const tensors = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { array, shape: [array.length] }]),
  )
  return encodeTensors({ tensors, metadata: { meta: JSON.stringify(meta) } })
}

/**
 * What `encodeState` made, read again piece by piece, so that it may be larger than one buffer: `take` gives the next so
 * many bytes in memory of their own.
 */
export async function readState(take: (length: number) => Promise<Uint8Array<ArrayBuffer>>): Promise<LearnerState> {
  const length = Number(new DataView((await take(8)).buffer).getBigUint64(0, true))
  const { __metadata__, ...entries } = JSON.parse(Buffer.from(await take(length)).toString('utf8')) as {
    __metadata__: Record<string, string>
  } & Record<string, Entry>
  const arrays: LearnerState['arrays'] = {}
  let at = 0
  for (const [name, { dtype, data_offsets }] of Object.entries(entries as Record<string, Entry>)) {
    const [from, to] = data_offsets
    if (from !== at) throw new RangeError(`Array ${name} does not follow the one before it.`)
    arrays[name] = new types[dtype]((await take(to - from)).buffer)
    at = to
  }
  return { arrays, meta: JSON.parse(__metadata__['meta']!) as Record<string, unknown> }
}
