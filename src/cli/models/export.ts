import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { networkWeights } from '../../learner/network-weights.ts'
import { encodeWeights } from '../../learner/weights-file.ts'
import { count } from '../../records/words.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { keptState } from './kept-state.ts'

export interface ExportOptions extends CommonOptions {
  pipeline?: string
  output?: string
}

/** Write a version's networks as safetensors. */
export async function exportModel(version: number | undefined, options: ExportOptions): Promise<void> {
  const { name, layout } = await choosePipeline(options.pipeline, options.data)
  const state = await keptState(layout.checkpoints, version)
  const weights = networkWeights(state)
  const sequences = state.meta['sequences'] as number
  const file = resolve(options.output ?? `${name}-${sequences}.safetensors`)
  const metadata = { pipeline: name, version: String(sequences), backend: String(state.meta['backend']) }
  await writeNew(file, encodeWeights(weights, metadata))
  const numbers = weights.reduce((total, { values }) => total + values.length, 0)
  await writeLines([
    options.json
      ? jsonLine({ file, version: sequences, weights: weights.map(({ name, shape }) => ({ name, shape })) })
      : `Wrote ${weights.length} weights (${count(numbers)} numbers) of ${name}, version ${sequences}, to ${file}.`,
  ])
}

async function writeNew(file: string, chunks: Uint8Array[]): Promise<void> {
  try {
    const handle = await open(file, 'w')
    try {
      for (const chunk of chunks) if (chunk.length > 0) await handle.writeFile(chunk)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new RecstreamError('FILE_UNUSABLE', `${file} cannot be written (${(cause as Error).message}).`, { cause })
  }
}
