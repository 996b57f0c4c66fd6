import type { Position } from '../log/log.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { Forgotten } from '../records/forgotten.ts'
import { onlyPart, type Part } from '../records/part.ts'
import type { Decided } from '../records/question.ts'
import { topicsOf } from '../records/topics.ts'
import type { Warehouse, WarehouseBatch } from '../records/warehouse.ts'
import type { Beginnings } from './beginnings.ts'
import { CommitPipeline } from './commit-pipeline.ts'
import type { FeatureFeeds } from './feature-feeds.ts'
import type { CommandFeed } from './forget/command-feed.ts'
import { forgetWaits } from './forget/forget-waits.ts'
import type { Came, IngestProgress } from './intake.ts'
import { joinTime } from './join/join-time.ts'
import { KeptChanges } from './kept-changes.ts'
import { type Landed, type Landing, nothingLanded } from './landing.ts'
import { loadMissing } from './load-missing.ts'
import { type IngestOptions, type Inputs, openInputs } from './open-inputs.ts'
import type { EventInput } from './order/event-input.ts'
import type { OrderedBatch } from './order/follow.ts'
import type { Outbox } from './outbox.ts'
import { type HandedPositions, positionsAfter } from './positions.ts'
import type { SchemaWait } from './schema-wait.ts'
import { nothing, type StageOutput } from './stage-batch.ts'
import type { Stages } from './stages.ts'
import { type Loaded, loadedOf } from './unjoined-words.ts'

/** Events from which on a batch is worked on while the one before is still being committed. */
const overlapFrom = 1_000
/** Steps without anything to do after which positions past transaction markers are kept: once, not for each marker. */
const restAfter = 100

/**
 * The ingest process: reads the input topics, runs the stages, publishes each batch and commits it with its positions, several in one
 * transaction where little comes. A batch is worked on while those before it are committed and published.
 *
 * What a batch comes to stands in two places, the topics and the tables; after a crash the one that is behind is brought up to the other.
 */
export class Ingest {
  readonly #warehouse: Warehouse
  readonly #definition: PipelineDefinition
  readonly #part: Part
  readonly #topic: string
  readonly #stages: Stages
  readonly #outbox: Outbox
  readonly #events: EventInput
  readonly #handed: HandedPositions
  readonly #schemas: SchemaWait
  readonly #features: FeatureFeeds
  readonly #beginnings: Beginnings
  readonly #landing: Landing
  readonly #commands: CommandFeed
  readonly #forgotten: Forgotten
  readonly #clock: () => number
  readonly spent = { read: 0, commit: 0, publish: 0 }
  #eventsRead = 0
  #lastRead = 0
  readonly #out: CommitPipeline
  readonly #kept = new KeptChanges()

  private constructor(options: IngestOptions, inputs: Inputs) {
    this.#definition = options.definition
    this.#part = options.part ?? onlyPart
    this.#topic = topicsOf(this.#definition.name).behaviourEvents
    this.#warehouse = options.warehouse
    this.#clock = options.clock
    const commit = (batch: WarehouseBatch) => this.#timed('commit', () => this.#commit(batch))
    this.#out = new CommitPipeline({ commit, clock: options.clock })
    this.#stages = inputs.stages
    this.#outbox = inputs.outbox
    this.#events = inputs.events
    this.#schemas = inputs.schemas
    this.#features = inputs.features
    this.#beginnings = inputs.beginnings
    this.#landing = inputs.landing
    this.#commands = inputs.commands
    this.#forgotten = inputs.forgotten
    this.#handed = inputs.handed
  }

  static async open(options: IngestOptions): Promise<Ingest> {
    return new Ingest(options, await openInputs(options))
  }

  get progress(): IngestProgress {
    return {
      eventsRead: this.#eventsRead,
      sequence: this.#stages.sequence,
      publishedSequence: this.#outbox.publishedSequence,
    }
  }

  get decided(): Decided {
    return { sequence: this.#stages.sequence, positions: this.#handed.of(this.#topic) }
  }

  /** Events that came in since the process began, and what was rejected of them. */
  get came(): Came {
    return this.#stages.intake.events
  }

  // What stands in memory of a person goes with this, and the tables bring all else back.
  /** Somebody is to be forgotten, and that can be done now: close this, call `forgetPeople`, and open another one. */
  get mustForget(): boolean {
    return this.#forgotten.isDueIn(this.#part) && this.forgetWaits === null
  }

  /** What somebody who is to be forgotten waits for, in words; null where nobody does. */
  get forgetWaits(): string | null {
    const isDue = this.#forgotten.isDueIn(this.#part)
    return isDue ? forgetWaits({ held: this.#schemas.holds, rebuilding: this.#events.isFollowing }) : null
  }

  /** Milliseconds spent by stage. */
  get stageTimes(): Record<string, number> {
    return { ...this.#stages.spent, ...this.spent }
  }

  /** Work on what there is, waiting up to `waitMs` for it; false when there was nothing to do. */
  async step(waitMs: number): Promise<boolean> {
    this.#out.check()
    this.#out.flushDue()
    this.#whole = false
    const busy = await this.#step(waitMs)
    this.#whole = true
    return busy
  }

  async #step(waitMs: number): Promise<boolean> {
    // After a small batch the one before is waited for: what comes in meanwhile shares a transaction. Large ones overlap.
    if (this.#lastRead < overlapFrom) await this.#out.published()
    const started = this.#clock()
    const batch = await this.#schemas.read(waitMs, this.#stages.sequence)
    const came = batch.records.length
    this.#lastRead = came
    this.spent.read += this.#clock() - started
    if (came === 0) this.#out.flush()
    // What the learner published lands with a batch of events now and then, or by itself when there is none.
    this.#landed = await this.#landing.read(came === 0 ? null : this.#clock())
    await this.#commands.read()
    const readable = came > 0 ? await this.#schemas.readable(batch, waitMs) : null
    if (readable !== null) await this.#work(readable)
    else if (came === 0 && this.#landed.records === 0) {
      if (++this.#idle === restAfter) await this.#keepStanding()
      return false
    }
    this.#idle = 0
    if (this.#landed.records > 0) await this.#hand(nothing, [])
    return true
  }

  /**
   * Every event that was in its topic when this was called is committed and published.
   *
   * Profiles and items that are newer than the newest event wait for the next one: only so does a replay join as this run.
   */
  async drained(): Promise<boolean> {
    if (this.#schemas.holds) return false
    const done = await this.#events.caughtUp()
    if (done) {
      this.#stages.intake.pause()
      await this.settled()
    }
    return done
  }

  /** Everything that the learner had published when this was called is in the warehouse. */
  async landed(): Promise<boolean> {
    const done = await this.#landing.caughtUp()
    if (done) await this.settled()
    return done
  }

  /** Whether any items and profiles were taken in, or wait for events to come as far as their time. */
  async loaded(): Promise<Loaded> {
    return loadedOf(topicsOf(this.#definition.name), await this.#warehouse.positions(), this.#features.waiting)
  }

  /** What was begun is committed and published. */
  settled(): Promise<void> {
    return this.#out.settled()
  }

  async close(): Promise<void> {
    await this.settled()
      .then(() => (this.#whole ? this.#keepStanding() : undefined))
      .then(() => this.settled())
      .catch(() => {})
    await Promise.all([this.#events, this.#features, this.#landing, this.#commands].map(reader => reader.close()))
    await this.#outbox.close()
  }

  /** Steps in a row that found nothing to do. */
  #idle = 0
  /** Nothing was left half done: a step that failed may have read what it did not hand on. */
  #whole = true

  /**
   * Keep the positions that the readers have come to by themselves, past the markers of transactions: when the retention
   * of a log that is quiet removes everything up to its end, what follows is gone on with.
   */
  async #keepStanding(): Promise<void> {
    if (this.#schemas.holds) return
    const moved = this.#handed.moved(this.#standing())
    if (moved.length > 0) await this.#hand(nothing, moved)
  }

  /** Where everything is that was read and handed on; not in the middle of a read's records. */
  #standing(): Position[] {
    return [...this.#events.positions(), ...this.#features.positions(), ...this.#landing.positions()]
  }

  async #work(ordered: OrderedBatch): Promise<void> {
    const { lettersRecorded } = ordered
    let rest = this.#stages.collectOrdered(ordered)
    this.#features.recorded = lettersRecorded
    if (!this.#begun && rest.some(entry => joinTime(entry) > Number.NEGATIVE_INFINITY)) {
      this.#features.known = await this.#beginnings.decide()
      this.#begun = true
    }
    // Profiles and items of which it is recorded that they came from the future must not count when that has come.
    for (const entry of ordered.recorded === undefined ? [] : rest) {
      if ('reason' in entry && entry.reason === 'impossible-time') this.#features.exclude(entry.record)
    }
    while (rest.length > 0) {
      const newest = rest.reduce((time, entry) => Math.max(time, joinTime(entry)), 0)
      const horizon = await this.#features.readUpTo(newest)
      let ready = rest.findIndex(entry => joinTime(entry) >= horizon)
      if (ready < 0) ready = rest.length
      if (ready === 0) {
        // So many profiles come before this event that they are a batch of their own.
        const first = rest[0]!.record.timestamp
        const { taken } = this.#features
        const settled = this.#stages.settle(this.#features, first, lettersRecorded)
        if (this.#features.taken > taken) {
          await this.#hand(settled, [])
          continue
        }
        await this.#features.readUpTo(first)
        ready = 1
      }
      const batch = rest.slice(0, ready)
      rest = rest.slice(ready)
      const parts = { stages: this.#stages, warehouse: this.#warehouse, definition: this.#definition }
      await loadMissing(batch, parts, () => this.#out.committed())
      const output = this.#stages.work(batch, this.#features, lettersRecorded)
      // A dead letter of a profile or item that is followed is no event, and says nothing of how far its feed has come.
      const events = batch.map(({ record }) => record).filter(({ topic }) => topic === this.#topic)
      await this.#hand(output, this.#handed.moved(positionsAfter(events)))
      this.#eventsRead += events.length
    }
  }

  /** Lists and versions that the next commit brings in. */
  #landed: Landed = nothingLanded
  /** What is known from the beginning is decided. */
  #begun = false
  async #hand(output: StageOutput, positions: Position[]): Promise<void> {
    const { blocks, ...rows } = output
    const { recommendations, versions, commands, order } = this.#landed
    const beside = this.#handed.moved([...this.#features.positions(), ...this.#landing.positions()])
    const batch = { ...rows, recommendations, versions, commands, order, positions: [...positions, ...beside] }
    // Why something was rejected cannot be read off blocks.
    const commitFirst = rows.deadLetters.length > 0
    const commandsRead = this.#commands.position
    this.#landed = nothingLanded
    await this.#out.room()
    this.#stages.trim()
    const publish = () => this.#timed('publish', () => this.#outbox.publish(blocks, rows.deadLetters, commandsRead))
    this.#out.begin(batch, publish, { commitFirst })
  }

  #commit(batch: WarehouseBatch): Promise<void> {
    return this.#warehouse.commit({ ...batch, ...this.#kept.publishedSince(batch.changes, this.#outbox.published) })
  }

  async #timed(what: 'commit' | 'publish', work: () => Promise<void>): Promise<void> {
    const started = this.#clock()
    await work()
    this.spent[what] += this.#clock() - started
  }
}
