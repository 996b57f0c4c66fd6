import { commandRecord } from '../../codec/command-record.ts'
import { failpoint } from '../../failpoint.ts'
import type { Log, Producer } from '../../log/log.ts'
import { newestPosition, positionsOn } from '../../log/newest-position.ts'
import { type Published, partitionsHeader, reachOf } from '../../log/published.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { Recommendation } from '../../records/recommendation.ts'
import { type Topics, topicsOf } from '../../records/topics.ts'
import type { Learner, LearnerOutput } from '../learner.ts'
import type { Leading } from './blocks/blocks.ts'
import { listRecord, reachRecord, sequenceHeader, versionHeader, versionRecord } from './records.ts'

/** Nothing to publish. */
export const noOutput = (): LearnerOutput => ({ recommendations: [], versions: [], commands: [] })

/** Whoever follows hears at least this often how far a learner is that goes on, ms. */
const saidEveryMs = 200

/** What a learner publishes: lists, versions and commands, nothing of which its topics hold already. */
export class Output {
  readonly #encoding: PipelineDefinition['encoding']
  readonly #topics: Topics
  readonly #producer: Producer
  readonly #clock: () => number
  readonly #published: Published<number>
  readonly #learner: string
  /** The row up to which a run before had published. */
  readonly #reachedBefore: number
  /** Appends of lists go on while the next blocks are recorded; a producer takes one after the other. */
  #appending: Promise<void> = Promise.resolve()
  /** The newest version on the topic. */
  #publishedVersion: number
  /** The newest row of which the topics say that all before it is published. */
  #said: number
  #saidAt = Number.NEGATIVE_INFINITY
  /** Lists published and when the first one was, in this process. */
  recommendations = 0
  firstRecommendationAt: number | null = null

  private constructor(
    { definition, clock }: { definition: PipelineDefinition; clock: () => number },
    producer: Producer,
    {
      published,
      publishedVersion,
      reached,
    }: { published: Published<number>; publishedVersion: number; reached: number },
  ) {
    this.#encoding = definition.encoding
    this.#topics = topicsOf(definition.name)
    this.#clock = clock
    this.#producer = producer
    this.#published = published
    this.#publishedVersion = publishedVersion
    this.#learner = definition.name
    this.#reachedBefore = Math.max(published.furthest ?? 0, reached)
    this.#said = this.#reachedBefore
  }

  static async open(options: { definition: PipelineDefinition; log: Log; clock: () => number }): Promise<Output> {
    const { definition, log } = options
    const topics = topicsOf(definition.name)
    // Fence first, look second: a predecessor that is still alive could publish in between.
    const producer = await log.producer(`${definition.name}.learn`, [
      topics.recommendations,
      topics.modelVersions,
      topics.commands,
      ...(definition.parts > 1 ? [topics.blockOrder] : []),
    ])
    const [published, publishedVersion, reached] = await Promise.all([
      positionsOn(log, topics.recommendations, sequenceHeader),
      newestPosition(log, topics.modelVersions, versionHeader),
      newestPosition(log, topics.modelVersions, sequenceHeader),
    ])
    return new Output(options, producer, { published, publishedVersion, reached })
  }

  /** What it takes to decide of several parts in which order blocks come, for a learner at a row. */
  leading(position: number): Leading {
    return {
      record: record => this.#append(this.#topics.blockOrder, [record]),
      published: Math.max(this.#reachedBefore, position),
    }
  }

  /** Whether the learner goes again over what it published before. */
  isAgain({ position, sequences }: Pick<Learner, 'position' | 'sequences'>): boolean {
    return position < this.#reachedBefore || sequences < this.#publishedVersion
  }

  /**
   * Publish what the topics do not hold; `guarded` are those of the commands that nobody asked for and none holds yet.
   *
   * `asked` are lists that somebody asked for. They stand behind those that events up to theirs gave rise to, so that the
   * end of a partition says what is there.
   */
  async publish(
    { recommendations, versions }: LearnerOutput,
    { guarded, asked }: { guarded: readonly Command[]; asked: readonly Recommendation[] },
  ): Promise<void> {
    const own = recommendations.filter(list => !this.#isPublished(list))
    const lists = asked.length === 0 ? own : [...own, ...asked].sort((a, b) => a.sequence - b.sequence)
    const fresh = versions.filter(({ version }) => version > this.#publishedVersion)
    if (lists.length + fresh.length + guarded.length === 0) return
    failpoint('publish.before')
    if (lists.length > 0) {
      const records = lists.map(list => listRecord(list, this.#encoding))
      await this.#append(this.#topics.recommendations, records, { partitionsHeader })
      this.#hasSaid(lists.at(-1)!.sequence)
      this.recommendations += lists.length
      this.firstRecommendationAt ??= this.#clock()
    }
    if (fresh.length > 0) {
      const records = fresh.map(version => versionRecord(version, this.#encoding))
      await this.#append(this.#topics.modelVersions, records)
      this.#publishedVersion = fresh.at(-1)!.version
      this.#hasSaid(fresh.at(-1)!.sequence)
    }
    if (guarded.length > 0) await this.command(guarded)
    failpoint('publish.after')
  }

  /**
   * Say that all up to a row is published, where that would be more than `least` rows of news, or has not been said for a while.
   * Followers learn up to there; no command is taken in before it, after a crash either.
   */
  async reach(row: number, least: number): Promise<void> {
    const isOverdue = row > this.#said && this.#clock() - this.#saidAt >= saidEveryMs
    if (row - this.#said < least && !isOverdue) return
    const record = reachRecord(this.#learner, { row, version: this.#publishedVersion })
    await this.#append(this.#topics.modelVersions, [record])
    this.#hasSaid(row)
  }

  /** Publish commands as taken in. */
  async command(commands: readonly Command[]): Promise<void> {
    const records = commands.map(command => commandRecord(command, this.#encoding))
    await this.#append(this.#topics.commands, records)
  }

  close(): Promise<void> {
    return this.#producer.close()
  }

  #append(...append: Parameters<Producer['append']>): Promise<void> {
    const appended = this.#appending.then(() => this.#producer.append(...append))
    this.#appending = appended.catch(() => {})
    return appended
  }

  #hasSaid(row: number): void {
    this.#said = Math.max(this.#said, row)
    this.#saidAt = this.#clock()
  }

  #isPublished({ sequence, userId }: Recommendation): boolean {
    if (sequence > (this.#published.furthest ?? 0)) return false
    return sequence <= (reachOf(this.#published, userId) ?? 0)
  }
}
