import { partitionOf } from '../../../log/partitioner.ts'
import type { Scale } from '../../../records/definition.ts'
import type { LearnSettings } from '../../../settings/types.ts'
import type { Admitted } from '../admit-all.ts'
import type { TrialContext } from '../experiment.ts'
import type { Ratings } from '../ratings.ts'
import { surroundingsOf } from '../surroundings.ts'

/** What learners read of a source: plain values and memory that threads share. */
export interface ShardSource extends Admitted, Pick<Ratings, 'length' | 'user' | 'item' | 'reward' | 'time'> {
  scale: Scale['kind']
  learn: Pick<LearnSettings, 'ensemble' | 'factors' | 'history' | 'neighbourPairs' | 'watchWeights'>
  /** What surrounds the events, as JSON arrays of tokens: the texts that there are, and which of them each row has. */
  surroundings: { texts: readonly string[]; ofRow: Int32Array } | null
  /** The learner that has a user's events, as the log's partitioner would place them. */
  owners: Int32Array
  /** What was predicted of each row, to be written by the learner that has it. */
  predictions: Float64Array
}

export function shardSource(context: Pick<TrialContext, 'definition' | 'ratings'>, learners: number): ShardSource {
  const { definition, ratings } = context
  const { ensemble, factors, history, neighbourPairs, watchWeights } = definition.learn
  const { length, userIds, itemIds, userTokens, itemTokens } = ratings
  return {
    ...{ length, userIds, itemIds, userTokens, itemTokens },
    user: shared(ratings.user, buffer => new Int32Array(buffer)),
    item: shared(ratings.item, buffer => new Int32Array(buffer)),
    reward: shared(ratings.reward, buffer => new Float64Array(buffer)),
    time: shared(ratings.time, buffer => new Float64Array(buffer)),
    scale: definition.scale.kind,
    learn: { ensemble, factors, history, neighbourPairs, watchWeights },
    surroundings: distinct(length, surroundingsOf(context)),
    owners: Int32Array.from(userIds, id => partitionOf(id, learners)),
    predictions: new Float64Array(new SharedArrayBuffer(8 * length)),
  }
}

function shared<A extends Int32Array | Float64Array>(values: A, over: (buffer: SharedArrayBuffer) => A): A {
  const copy = over(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}

function distinct(length: number, textOf: ((row: number) => string) | null): ShardSource['surroundings'] {
  if (textOf === null) return null
  const known = new Map<string, number>()
  const ofRow = Int32Array.from({ length }, (_, row) => {
    const text = textOf(row)
    if (!known.has(text)) known.set(text, known.size)
    return known.get(text)!
  })
  return { texts: [...known.keys()], ofRow }
}
