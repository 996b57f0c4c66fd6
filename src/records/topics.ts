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
  }
}

/** A dead letter holds the bytes of whatever came in, a block of sequences long ids: above a broker's usual 1 MiB, bytes. */
const largestOwn = 8 * 1024 * 1024

/** What to create before a stage starts. Interest sequences have one partition per learner, and there is one learner. */
export function topicSpecs(pipeline: string, partitions: number): TopicSpec[] {
  const topics = topicsOf(pipeline)
  return [
    { name: topics.behaviourEvents, partitions },
    { name: topics.userProfiles, partitions, compacted: true },
    { name: topics.items, partitions: 1, compacted: true },
    { name: topics.interestSequences, partitions: 1, maxMessageBytes: largestOwn },
    { name: topics.recommendations, partitions },
    { name: topics.modelVersions, partitions: 1, compacted: true },
    { name: topics.commands, partitions: 1 },
    { name: topics.deadLetters, partitions: 1, maxMessageBytes: largestOwn },
  ]
}
