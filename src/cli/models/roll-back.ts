import { keptVersions } from '../../learner/checkpoint.ts'
import { count } from '../../records/words.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { giveWeights, type WeightsOptions } from './give-weights.ts'
import { noSuchCheckpoint } from './kept-state.ts'

/** Give the networks the weights of a version before, from which they go on. */
export async function rollBackModel(version: number, connection: Connection, options: WeightsOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  // Where the learner's checkpoints are elsewhere, it says itself what it lacks.
  const kept = await keptVersions(chosen.layout.checkpoints)
  const newest = kept.findLast(each => each <= version)
  if (kept.length > 0 && newest === undefined) throw noSuchCheckpoint(`${version} or before`, kept)
  const weights = { version, tensors: null }
  const what = `the weights of version ${count(newest ?? version)}`
  await giveWeights({ weights, what }, connection, options, chosen)
}
