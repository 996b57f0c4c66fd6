import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openPopulation } from '../../../../src/lab/simulate/open-population.ts'

const folder = fileURLToPath(new URL('../../../../../shared/data/ml-100k', import.meta.url))

/** MovieLens 100K's people, or null where it is not. */
export const movieLens = existsSync(folder) ? await openPopulation(folder) : null
if (movieLens === null)
  console.warn('SKIPPED: MovieLens 100K is not at ../shared/data/ml-100k, so the world of its people is not tested.')
