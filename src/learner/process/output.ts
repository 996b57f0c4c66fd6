import { failpoint } from '../../failpoint.ts'
import type { Log, Producer } from '../../log/log.ts'
import { newestPosition, positionsOn } from '../../log/newest-position.ts'
import { type Published, partitionsHeader, reachOf } from '../../log/published.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { Recommendation } from '../../records/recommendation.ts'
import { topicsOf } from '../../records/topics.ts'
import type { Learner, LearnerOutput } from '../learner.ts'
import { commandRecord, listRecord, sequenceHeader, versionHeader, versionRecord } from './records.ts'

/** What a learner publishes: lists, versions and commands, nothing of which its topics hold already. */
export class Output {
  readonly #definition: PipelineDefinition
  readonly #producer: Producer
  readonly #clock: () => number
  readonly #published: Published<number>
  /** The newest version on the topic. */
  #publishedVersion: number
  /** Lists published and when the first one was, in this process. */
  recommendations = 0
  firstRecommendationAt: number | null = null

  private constructor(
    { definition, clock }: { definition: PipelineDefinition; clock: () => number },
    producer: Producer,
    published: Published<number>,
    publishedVersion: number,
  ) {
    this.#definition = definition
    this.#clock = clock
    this.#producer = producer
    this.#published = published
    this.#publishedVersion = publishedVersion
  }

  static async open(options: { definition: PipelineDefinition; log: Log; clock: () => number }): Promise<Output> {
    const { definition, log } = options
    const topics = topicsOf(definition.name)
    // Fence first, look second: a predecessor that is still alive could publish in between.
    const producer = await log.producer(`${definition.name}.learn`)
    const published = await positionsOn(log, topics.recommendations, sequenceHeader)
    return new Output(options, producer, published, await newestPosition(log, topics.modelVersions, versionHeader))
  }

  /** Whether the learner goes again over what it published before. */
  isAgain({ position, sequences }: Pick<Learner, 'position' | 'sequences'>): boolean {
    return position < (this.#published.furthest ?? 0) || sequences < this.#publishedVersion
  }

  /** Publish what the topics do not hold; `guarded` are those of the commands that nobody asked for and none holds yet. */
  async publish({ recommendations, versions }: LearnerOutput, guarded: readonly Command[]): Promise<void> {
    const lists = recommendations.filter(list => !this.#isPublished(list))
    const fresh = versions.filter(({ version }) => version > this.#publishedVersion)
    if (lists.length + fresh.length + guarded.length === 0) return
    const { name, encoding } = this.#definition
    const topics = topicsOf(name)
    failpoint('publish.before')
    if (lists.length > 0) {
      const records = lists.map(list => listRecord(list, encoding))
      await this.#producer.append(topics.recommendations, records, { partitionsHeader })
      this.recommendations += lists.length
      this.firstRecommendationAt ??= this.#clock()
    }
    if (fresh.length > 0) {
      const records = fresh.map(version => versionRecord(version, encoding))
      await this.#producer.append(topics.modelVersions, records)
      this.#publishedVersion = fresh.at(-1)!.version
    }
    if (guarded.length > 0) await this.command(guarded)
    failpoint('publish.after')
  }

  /** Publish commands as taken in. */
  async command(commands: readonly Command[]): Promise<void> {
    const { name, encoding } = this.#definition
    const records = commands.map(command => commandRecord(command, encoding))
    await this.#producer.append(topicsOf(name).commands, records)
  }

  close(): Promise<void> {
    return this.#producer.close()
  }

  #isPublished({ sequence, userId }: Recommendation): boolean {
    if (sequence > (this.#published.furthest ?? 0)) return false
    return sequence <= (reachOf(this.#published, userId) ?? 0)
  }
}
