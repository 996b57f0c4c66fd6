import { readFile } from 'node:fs/promises'
import { RecstreamError } from '../../errors.ts'
import { keptVersions, writeCheckpoint } from '../../learner/checkpoint.ts'
import { type NetworkWeight, withNetworkWeights } from '../../learner/network-weights.ts'
import { decodeTensors, type Tensors } from '../../learner/safetensors.ts'
import { holdFolder } from '../../log/embedded/hold-folder.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { keptState } from './kept-state.ts'

export interface ImportOptions extends CommonOptions {
  pipeline?: string
}

/** Put exported weights into a checkpoint of their own, which the learner goes on from. */
export async function importModel(file: string, options: ImportOptions): Promise<void> {
  const { name, layout } = await choosePipeline(options.pipeline, options.data)
  const held = await holdFolder(layout.learnLock, `The learner of ${name}`)
  try {
    const state = withNetworkWeights(await keptState(layout.checkpoints, undefined), await readWeights(file))
    const version = state.meta['sequences'] as number
    const meta = { ...state.meta, imported: [...((state.meta['imported'] as number[] | undefined) ?? []), version] }
    // Beside all that are there, so that the one that was replaced can be gone back to.
    const kept = (await keptVersions(layout.checkpoints)).length
    await writeCheckpoint(layout.checkpoints, { arrays: state.arrays, meta }, kept + 1)
    await writeLines([
      options.json
        ? jsonLine({ pipeline: name, version })
        : `The learner of ${name} goes on from version ${version} with the weights in ${file}.`,
    ])
  } finally {
    await held.release()
  }
}

async function readWeights(file: string): Promise<NetworkWeight[]> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (cause) {
    throw new RecstreamError('FILE_UNUSABLE', `${file} cannot be read (${(cause as Error).message}).`, { cause })
  }
  let tensors: Tensors['tensors']
  try {
    tensors = decodeTensors(bytes).tensors
  } catch (cause) {
    throw new RecstreamError('FILE_UNUSABLE', `${file} is not a safetensors file.`, { cause })
  }
  return Object.entries(tensors).map(([name, { array, shape }]) => {
    if (array instanceof Float32Array && shape.length === 2) {
      return { name, shape: [shape[0]!, shape[1]!] as const, values: array }
    }
    throw new RecstreamError('FILE_UNUSABLE', `${name} in ${file} is not a float32 matrix, so it is no weight.`)
  })
}
