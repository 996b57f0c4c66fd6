import { setImmediate } from 'node:timers/promises'
import { createLearner } from '../../../learner/create-learner.ts'
import { openBackend } from '../../../nn/backend.ts'
import { count } from '../../../records/words.ts'
import { blocksOf } from '../blocks.ts'
import type { Trial } from '../experiment.ts'
import { withRoom } from '../learner-trial.ts'
import { protocol, withLongLists } from './protocol.ts'

/** One pass of the product's learner over a source: the very lists that it would publish are judged. */
export function servedTrial(seed: number): Trial {
  return {
    name: `${servedName} seed ${seed}`,
    policy: servedName,
    seed,
    async run({ definition: given, ratings, progress, signal, clock }) {
      const long = withLongLists({ ...given, learn: { ...given.learn, seed } })
      const { definition, notes } = withRoom(long, ratings)
      const { judge, made, event, due, rules } = protocol({ definition, ratings })
      const backend = await openBackend()
      const learner = createLearner({ definition, backend })
      let [row, spent] = [0, 0]
      try {
        for (const block of blocksOf(ratings, definition, undefined, true)) {
          const started = clock()
          const { recommendations } = learner.consume(block, 0, block.sequence.length)
          spent += clock() - started
          // That of nobody in particular is nobody's.
          const own = recommendations.filter(({ userId }) => userId !== '')
          const lists = new Map(own.map(({ sequence, items }) => [sequence, items]))
          for (let k = 0; k < block.sequence.length; k++, row++) {
            event(row)
            const list = lists.get(row + 1)
            if (list !== undefined || due(row))
              made(
                row,
                (list ?? []).map(({ itemId }) => rules.slots.get(itemId)!),
              )
          }
          await setImmediate() // lets messages in
          signal.throwIfAborted()
          progress(row / ratings.length, `${count((1000 * row) / spent)} events/s`)
        }
      } finally {
        learner.dispose()
      }
      const { metrics, perUser } = judge.result()
      return {
        metrics: { ...metrics, eventsPerSecond: (1000 * row) / spent },
        perUser,
        notes: [`TensorFlow.js backend: ${backend.name}.`, ...notes],
      }
    },
  }
}

export const servedName = 'recstream'
