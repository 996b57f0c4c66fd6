import { existsSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { generateRatings } from './world/generated-ratings.ts'
import { createPopulation, type Population } from './world/population.ts'
import { readRatingTable } from './world/rating-table.ts'

/**
 * The people and items of a world: from a folder of MovieLens ratings, or without one made up.
 *
 *     await openPopulation('ml-100k')   // 943 people, 600 films
 *     await openPopulation()            // as many, of nobody's data
 */
export async function openPopulation(source?: string): Promise<Population> {
  if (source === undefined) return createPopulation(generateRatings(1))
  if (!existsSync(source)) {
    throw new RecstreamError('SOURCE_MISSING', `There is no folder "${source}"; give the right one with --source.`)
  }
  const { source: reader } = await findPipeline('movielens')
  return createPopulation(await readRatingTable(reader!.read(source)))
}
