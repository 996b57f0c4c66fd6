import { definePipeline } from '../../src/index.ts'
import { readMovieLens } from './read-movielens.ts'

/**
 * Movie ratings: MovieLens 100K or 1M, from a folder given with `--source`.
 *
 *     npx recstream start movielens --source ml-100k
 *
 * The data's licence forbids passing it on, so none of it comes with this package. The reward is (rating − 1) / 4, and
 * scores are shown on the scale of 1 to 5 stars.
 */
export default definePipeline({
  name: 'movielens',
  description: 'Movie ratings of MovieLens 100K or 1M',
  // Nobody is shown what they have rated.
  behaviours: { rate: { again: 'never', target: true } },
  // MovieLens opened in 1997.
  epoch: Date.UTC(1997, 0, 1),
  value: { min: 1, max: 5, required: true },
  reward: event => Math.min(1, Math.max(0, ((event.value ?? 1) - 1) / 4)),
  scale: { kind: 'rating', min: 1, max: 5 },
  // People rate a page of movies at once: up to 30 a minute in 100K and 38 in 1M, so that nobody is taken for a bot.
  clean: { botLimit: 100, botWindowMs: 60_000 },
  recommend: { everyMs: 3_600_000 },
  source: { read: readMovieLens },
})
