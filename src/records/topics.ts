import type { TopicSpec } from '../log/log.ts'

/** The topics of a pipeline by their role; all names carry the pipeline's prefix. */
export interface Topics {
  behaviourEvents: string
  userProfiles: string
  items: string
  interestSequences: string
  recommendations: string
  modelVersions: string
  commands: string
  deadLetters: string
  /** Of a pipeline of several parts: the order in which the learner took their blocks. */
  blockOrder: string
}

/**
 * Topic names of a pipeline.
 *
 *     topicsOf('movielens').behaviourEvents   // 'movielens.behaviour-events'
 */
export function topicsOf(pipeline: string): Topics {
  return {
    behaviourEvents: `${pipeline}.behaviour-events`,
    userProfiles: `${pipeline}.user-profiles`,
    items: `${pipeline}.items`,
    interestSequences: `${pipeline}.interest-sequences`,
    recommendations: `${pipeline}.recommendations`,
    modelVersions: `${pipeline}.model-versions`,
    commands: `${pipeline}.commands`,
    deadLetters: `${pipeline}.dead-letters`,
    blockOrder: `${pipeline}.block-order`,
  }
}

/** A dead letter holds the bytes of whatever came in, a block of sequences long ids, a command weights: above a broker's usual 1 MiB, bytes. */
export const largestOwn = 8 * 1024 * 1024

/** Whether topics whose records only a rebuild needs may let old ones go: the setting `topicRetention`. */
export type TopicRetention = 'forever' | 'any'

/**
 * What topics there must be before a stage starts, and what each needs. Interest sequences and dead letters have one partition
 * for each part of ingest; only where there are several, the order of blocks is written down.
 *
 *     topicSpecs('shop', 8, 'forever', 4)   // nine topics; 'shop.interest-sequences' has 4 partitions
 */
export function topicSpecs(
  pipeline: string,
  partitions: number,
  retention: TopicRetention = 'forever',
  parts = 1,
): TopicSpec[] {
  const topics = topicsOf(pipeline)
  const kept = (lost: string) => (retention === 'any' ? {} : { whole: `${lost} (topicRetention=any accepts that)` })
  /** Written here, with the times of the events: whatever they are, it must take them. */
  const own = { anyTime: true }
  const oneReader = { partitions: 1, exact: true }
  return [
    { name: topics.behaviourEvents, partitions, ...kept('a rebuild would begin at a hole') },
    { name: topics.userProfiles, partitions, compacted: true },
    { name: topics.items, partitions: 1, compacted: true },
    {
      name: topics.interestSequences,
      ...{ partitions: parts, exact: true },
      ...own,
      maxMessageBytes: largestOwn,
      whole: 'the learner and every rebuild follow all of it',
    },
    { name: topics.recommendations, partitions, ...own, ...kept('lists would be gone before they are read') },
    { name: topics.modelVersions, partitions: 1, ...own, compacted: true },
    {
      name: topics.commands,
      ...oneReader,
      ...own,
      // A command may hold the networks' weights.
      maxMessageBytes: largestOwn,
      whole: 'a learner that begins anew repeats all of them',
    },
    {
      name: topics.deadLetters,
      partitions: parts,
      ...own,
      maxMessageBytes: largestOwn,
      ...kept('they could not be looked at and sent again'),
    },
    ...(parts === 1
      ? []
      : [
          {
            name: topics.blockOrder,
            ...oneReader,
            ...own,
            maxMessageBytes: largestOwn,
            whole: 'the learner, every follower and every rebuild go by it',
          },
        ]),
  ]
}

/** The topics that a learner learns from. */
export function learnedTopics(pipeline: string, parts: number): string[] {
  const { interestSequences, blockOrder } = topicsOf(pipeline)
  return parts > 1 ? [interestSequences, blockOrder] : [interestSequences]
}

/** The topics of a pipeline of so many parts. */
export function topicNames(pipeline: string, parts: number): string[] {
  return topicSpecs(pipeline, parts, 'any', parts).map(({ name }) => name)
}
