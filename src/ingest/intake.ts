import { isDateOnly } from '../records/checks/time.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { Reason } from '../records/reasons.ts'
import { count, plural } from '../records/words.ts'
import type { DefinitionFailure, DefinitionFunction } from './definition-calls.ts'
import { fairShare, reasonCounts, rejectedInAll } from './rejection-words.ts'

/** What has come in and gone out in this process so far. */
export interface IngestProgress {
  eventsRead: number
  sequence: number
  publishedSequence: number
}

/** Whether dead letters say more of what people are told, or it is of events that are kept. */
export type NoticeAbout = 'dead letters' | 'events'

type Kind = 'events' | 'profiles' | 'items'

/** How many records of a kind came in, and how many were rejected, by reason. */
export interface Came {
  records: number
  /** Those of them that the definition's decode passed over: neither kept nor rejected. */
  passedOver: number
  rejected: Readonly<Partial<Record<Reason, number>>>
}

/** The first look is taken at this many records, and then whenever there are ten times as many. */
const firstLook = 100

/**
 * Counts what came in since the process began, and says so when much of it is rejected.
 *
 *     const intake = new Intake(message => console.error(message))
 *     intake.rejected('events', 'invalid')   // said after 100 events, 1,000, …, where more than a tenth was rejected
 *
 * A function of the definition is told of at its first failure. So the notices are few, and the same for the same records.
 */
export class Intake {
  readonly #onNotice: (message: string, about: NoticeAbout) => void
  readonly #tallies: Record<Kind, Tally> = { events: newTally(), profiles: newTally(), items: newTally() }
  readonly #fromFuture = new Set<Kind>()
  readonly #failing = new Set<DefinitionFunction>()

  /** Events, and those of them whose time is a date alone. */
  readonly #times = { all: 0, dates: 0 }
  readonly #botTimes = new Times()
  readonly #settings: Pick<PipelineDefinition, 'clean'>
  /** Why the first event of an impossible time was rejected. */
  #impossible: string | null = null
  #toldDates = false

  constructor(
    onNotice: (message: string, about: NoticeAbout) => void = () => {},
    settings: Pick<PipelineDefinition, 'clean'>,
  ) {
    this.#onNotice = onNotice
    this.#settings = settings
  }

  /** Events that came in so far. */
  get events(): Came {
    const { records, passedOver, rejected } = this.#tallies.events
    return { records, passedOver, rejected: Object.fromEntries(rejected) }
  }

  kept(kind: Kind): void {
    this.#count(kind)
  }

  passedOver(kind: Kind): void {
    this.#tallies[kind].passedOver += 1
    this.#count(kind)
  }

  /** An event has this time, ms. */
  time(time: number): void {
    this.#times.all += 1
    if (isDateOnly(time)) this.#times.dates += 1
  }

  rejected(
    kind: Kind,
    reason: Reason,
    failure: DefinitionFailure | null = null,
    { message = '', time = null }: { message?: string; time?: number | null } = {},
  ): void {
    const { rejected } = this.#tallies[kind]
    if (reason === 'impossible-time' && kind === 'events') this.#impossible ??= message
    if (reason === 'bot-rate' && time !== null) this.#botTimes.add(time)
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1)
    if (failure !== null && !this.#failing.has(failure.function)) {
      this.#failing.add(failure.function)
      this.#onNotice(
        `A function of the pipeline's module fails: ${failure.message} What it fails on is a dead letter.`,
        'dead letters',
      )
    }
    this.#count(kind)
  }

  /** A profile or an item was refused for its time; said once of each kind. */
  fromFuture(kind: Kind, message: string): void {
    if (this.#fromFuture.has(kind)) return
    this.#fromFuture.add(kind)
    this.#onNotice(
      `One of the ${kind} that came in was refused, since it would hold up the others. ${message}`,
      'dead letters',
    )
  }

  /** Nothing more is coming for now: where it was too little for a look, take one. */
  pause(): void {
    for (const kind of Object.keys(this.#tallies) as Kind[]) if (!this.#tallies[kind].told) this.#look(kind)
  }

  #count(kind: Kind): void {
    const tally = this.#tallies[kind]
    tally.records += 1
    if (tally.records < tally.nextLook) return
    tally.nextLook *= 10
    this.#look(kind)
  }

  #look(kind: Kind): void {
    const tally = this.#tallies[kind]
    const rejected = Object.fromEntries(tally.rejected)
    const total = rejectedInAll(rejected)
    if (tally.records > 0 && tally.passedOver === tally.records) {
      tally.told = true
      const passed = `decode.${kind.slice(0, -1)} passed over all of ${plural(tally.records, 'record')}`
      this.#onNotice(`${passed} that came in: it returned null for each.`, 'dead letters')
    }
    if (kind === 'events') this.#lookAtTimes()
    const ours = tally.records - tally.passedOver
    if (total <= fairShare * ours) return
    tally.told = true
    const of = `Of ${plural(ours, kind.slice(0, -1))}`
    const were = total === 1 ? 'was' : 'were'
    this.#onNotice(
      `${of} that came in, ${count(total)} ${were} rejected: ${reasonCounts(rejected)}.${kind === 'events' ? this.#about(tally.rejected, total) : ''}`,
      'dead letters',
    )
  }

  /** What the times of events say, where they are why most were rejected. */
  #about(rejected: ReadonlyMap<Reason, number>, total: number): string {
    const isMost = (reason: Reason) => (rejected.get(reason) ?? 0) > total / 2
    if (isMost('impossible-time') && this.#impossible !== null) return ` The first: ${this.#impossible}`
    const whole = isMost('bot-rate') ? this.#botTimes.words() : null
    const { botLimit, botWindowMs } = this.#settings.clean
    const limit = `clean.botLimit (${count(botLimit)} in ${count(botWindowMs / 1000)} s)`
    return whole === null ? '' : ` The times of those of bot-rate are ${whole}: if people did it, raise ${limit}.`
  }

  /** Said once: most events have a date and no time of day. */
  #lookAtTimes(): void {
    const { dates, all } = this.#times
    if (this.#toldDates || all < leastTimes || dates <= all / 2) return
    this.#toldDates = true
    this.#onNotice(
      `Of ${plural(all, 'event')}, ${count(dates)} have a date and no time of day (midnight). The limit for bots does not count these; so that each of a day's events may bring a list, set recommend.everyMs=0.`,
      'events',
    )
  }
}

/** How fine times are. */
class Times {
  all = 0
  readonly #whole = wholes.map(() => 0)

  add(time: number): void {
    this.all += 1
    for (let k = 0; k < wholes.length; k++) if (time % wholes[k]![0] === 0) this.#whole[k]! += 1
  }

  /** The coarsest unit that all of them are whole in, in words; null where they are finer. */
  words(): string | null {
    const at = this.#whole.indexOf(this.all)
    return at < 0 || this.all === 0 ? null : wholes[at]![1]
  }
}

const wholes = [
  [3_600_000, 'whole hours'],
  [60_000, 'whole minutes'],
] as const
/** Fewer times say nothing. */
const leastTimes = 20

interface Tally {
  records: number
  passedOver: number
  rejected: Map<Reason, number>
  nextLook: number
  told: boolean
}

function newTally(): Tally {
  return { records: 0, passedOver: 0, rejected: new Map(), nextLook: firstLook, told: false }
}
