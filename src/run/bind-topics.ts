import { join } from 'node:path'
import { RecstreamError } from '../errors.ts'
import { isRemade } from '../log/names.ts'
import type { Topics } from '../records/topics.ts'
import type { Layout } from './layout.ts'
import { note, noted } from './noted.ts'

/**
 * Bind a pipeline's folder to its topics, by the ids that the log gave them when they were made: what the folder holds came
 * from these, and a topic that was deleted and made again is another one under the same name.
 *
 *     const remade = bindTopics(layout, topics, await log.topicIds(Object.values(topics)))   // CONFIG_INVALID, or the names
 *
 * Input, interest sequences and their order cannot be another's: rows, positions and the learner's state follow from them. What
 * else was made again is returned, to be forgotten where positions of it are kept; `noteTopics` binds it then.
 */
export function bindTopics(layout: Layout, topics: Topics, ids: ReadonlyMap<string, string | null>): string[] {
  const remade = checkTopics(layout, topics, ids)
  noteTopics(layout, new Map([...ids].filter(([topic]) => boundId(layout, topic) === null)))
  return remade
}

/** The same for a folder that is only read: nothing is bound. */
export function checkTopics(layout: Layout, topics: Topics, ids: ReadonlyMap<string, string | null>): string[] {
  const { behaviourEvents, userProfiles, items, interestSequences, blockOrder } = topics
  const fatal = [behaviourEvents, userProfiles, items, interestSequences, blockOrder]
  const remade = [...ids].flatMap(([topic, id]) => (isRemade(boundId(layout, topic), id) ? [topic] : []))
  const lost = remade.find(topic => fatal.includes(topic))
  if (lost !== undefined) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The topic ${lost} was deleted and made again since ${layout.root} was filled from it. To begin anew, remove that folder and delete what the pipeline wrote (interest-sequences, recommendations, model-versions, commands, dead-letters, block-order where there is one), or give the pipeline another name.`,
    )
  }
  return remade
}

/** Bind topics to the folder, whatever it was bound to before. A file each: several processes bind at once. */
export function noteTopics(layout: Layout, ids: ReadonlyMap<string, string | null>): void {
  for (const [topic, id] of ids) if (id !== null) note(join(layout.topicIds, topic), id)
}

function boundId(layout: Layout, topic: string): string | null {
  return noted(join(layout.topicIds, topic))
}
