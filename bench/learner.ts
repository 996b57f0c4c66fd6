import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { admitAll } from '../src/lab/experiment/admit-all.ts'
import { blocksOf } from '../src/lab/experiment/blocks.ts'
import { loadRatings } from '../src/lab/experiment/load-ratings.ts'
import type { Ratings } from '../src/lab/experiment/ratings.ts'
import { createLearner } from '../src/learner/create-learner.ts'
import { type Backend, type BackendName, openBackend } from '../src/nn/backend.ts'
import { packageRoot } from '../src/package-root.ts'
import { createEnsemble } from '../src/predictors/ensemble/ensemble.ts'
import type { PipelineDefinition } from '../src/records/definition.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import type { Row } from './results.ts'

/**
 * The learner by itself, in this process: sequences in, weights and lists out, on MovieLens 100K where it lies beside the
 * package, else on generated events.
 */
export async function benchLearner(generated: number, say: (line: string) => void): Promise<Row[]> {
  const folder = join(packageRoot(), '..', 'shared', 'data', 'ml-100k')
  const here = existsSync(folder)
  const definition = await findPipeline(here ? 'movielens' : 'generated')
  say(here ? 'MovieLens 100K' : `${generated} generated events; there is no MovieLens 100K at ../shared/data/ml-100k`)
  const ratings = await loadRatings(definition, here ? folder : `events=${generated},users=20000,items=5000`)

  const rows: Row[] = []
  const add = (what: string, seconds: number) => {
    rows.push({ what, value: ratings.length / seconds, unit: 'events/s' })
    say(`${what}: ${Math.round(ratings.length / seconds)} events/s`)
  }
  add('lite ensemble alone', ensembleSeconds(definition, ratings))
  // The ensemble and the residual actor: without lists, which cost what their number costs.
  const everyMs = Number.MAX_SAFE_INTEGER
  const silent = { ...definition, recommend: { ...definition.recommend, everyMs } }
  for (const name of ['native', 'wasm'] as const) {
    const backend = await opened(name)
    if (backend === null) {
      say(`The ${name} backend does not load here.`)
      continue
    }
    for (const training of ['inline', 'worker'] as const) {
      const where = training === 'inline' ? 'in one thread' : 'trained in a second thread'
      add(`whole policy (${name}), ${where}`, learnerSeconds(silent, ratings, backend, training))
    }
    add(`whole policy and lists (${name}), in one thread`, learnerSeconds(definition, ratings, backend, 'inline'))
  }
  return rows
}

async function opened(name: BackendName): Promise<Backend | null> {
  try {
    return await openBackend(name)
  } catch {
    return null
  }
}

function ensembleSeconds({ learn }: PipelineDefinition, ratings: Ratings): number {
  const { factors, seed, history, neighbourPairs } = learn
  const ensemble = createEnsemble({ kind: 'lite', factors, seed, history, neighbourPairs })
  admitAll(ensemble, ratings)
  const started = performance.now()
  for (let k = 0; k < ratings.length; k++) {
    const [user, item, time] = [ratings.user[k]!, ratings.item[k]!, ratings.time[k]!]
    ensemble.predict(user, item, time)
    ensemble.learn(user, item, ratings.reward[k]!, time)
  }
  return (performance.now() - started) / 1000
}

function learnerSeconds(
  definition: PipelineDefinition,
  ratings: Ratings,
  backend: Backend,
  training: 'inline' | 'worker',
): number {
  const blocks = [...blocksOf(ratings, definition)]
  const learner = createLearner({ definition, backend, training })
  const started = performance.now()
  for (const block of blocks) learner.consume(block, 0, block.sequence.length)
  // Waits for the last step.
  learner.weightsSha256()
  const seconds = (performance.now() - started) / 1000
  learner.dispose()
  return seconds
}
