import { readFile } from 'node:fs/promises'
import { RecstreamError } from '../../errors.ts'
import { keptVersions } from '../../learner/checkpoint.ts'
import { type NetworkShapes, type NetworkWeight, weightsByNetwork } from '../../learner/network-weights.ts'
import { decodeWeights } from '../../learner/weights-file.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { giveWeights, type WeightsOptions } from './give-weights.ts'
import { keptState } from './kept-state.ts'

/** Give the networks exported weights, from which they go on. */
export async function importModel(file: string, connection: Connection, options: WeightsOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const bytes = await readBytes(file)
  await checkWeights(decodeWeights(bytes, file), chosen.layout.checkpoints)
  const weights = { version: null, tensors: bytes.toString('base64') }
  await giveWeights({ weights, what: `the weights in ${file}` }, connection, options, chosen)
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new RecstreamError('FILE_UNUSABLE', `${file} cannot be read (${(cause as Error).message}).`, { cause })
  }
}

/** Where the learner's checkpoints are elsewhere, it says itself what does not fit. */
async function checkWeights(weights: readonly NetworkWeight[], folder: string): Promise<void> {
  if ((await keptVersions(folder)).length === 0) return
  const { meta } = await keptState(folder, undefined)
  weightsByNetwork(meta['networks'] as NetworkShapes, weights)
}
