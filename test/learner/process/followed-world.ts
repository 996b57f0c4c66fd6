import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { commandRecord } from '../../../src/codec/command-record.ts'
import { commandOf, decodeModelVersion, decodeRecommendation } from '../../../src/codec/output.ts'
import { RecstreamError } from '../../../src/errors.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import { Follow, type FollowOptions } from '../../../src/learner/process/follow.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { besideHeader } from '../../../src/log/published.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { givenCommand, type WantedCommand } from '../../../src/records/command.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import { Forgotten } from '../../../src/records/forgotten.ts'
import type { InterestBlock } from '../../../src/records/interest-block.ts'
import { pseudonyms } from '../../../src/records/pseudonym.ts'
import type { ListQuestion } from '../../../src/records/question.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import type { Random } from '../../../src/state/random.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import { partRecord, partsOf, type Reached, reachedWith } from './blocks/parts.ts'
import small from './small-arms.mjs'

export const topics = topicsOf(small.name)
export const pause = async () => {}
/** 900 events in blocks of 30. */
export const blocks = toBlocks(smallWorld(900, 3), { shortLength: 4, size: 30 })
/** The same events as so many parts of ingest tell of them, whichever is the faster. */
export function turnsOf(parts: number, random: Random): { part: number; block: InterestBlock }[] {
  const left = parts === 1 ? [[...blocks]] : partsOf(smallWorld(900, 3), parts, 30)
  const turns: { part: number; block: InterestBlock }[] = []
  while (left.some(each => each.length > 0)) {
    const part = random.integer(parts)
    const block = left[part]!.shift()
    if (block !== undefined) turns.push({ part, block })
  }
  return turns
}

export const question = (userId: string): ListQuestion => ({
  ...{ kind: 'list', userId, count: null, context: {}, filter: null, exclude: [], includeSeen: false },
  ...{ surface: null, explain: false, after: null, unless: null, now: 0 },
})

/** A learner with the process around it. */
export interface Playing<Process> {
  process: Process
  learner: Learner
}

/** A leader that can be taken from the world in the middle of a step, so many turns of the event loop after it began. */
export type MortalLeader = Playing<Learn> & { crash(turns: number): Promise<void> }

function mortal(leader: Playing<Learn>, log: Log): MortalLeader {
  const crash = async (turns: number) => {
    const ending = leader.process.step(1, immediate).catch(() => {})
    for (let turn = 0; turn < turns; turn++) await immediate()
    await log.close()
    await ending
    leader.learner.dispose()
  }
  return { ...leader, crash }
}

/** A log with a leader and a follower on it, each of which is opened and stepped by hand. */
export class FollowedWorld {
  readonly log: Log
  readonly #folder: string
  #definition: PipelineDefinition
  readonly #reached: Reached[]
  readonly #key = Buffer.alloc(32, 7)
  #given = 0
  #takenOver = 0

  private constructor(log: Log, folder: string, parts: number) {
    this.log = log
    this.#definition = { ...small, parts }
    this.#reached = Array.from({ length: parts }, () => ({ row: 0, change: 0 }))
    this.#folder = folder
    this.everyMs = 0
  }

  static async open(parts = 1): Promise<FollowedWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'recstream-follow-'))
    const log = await openEmbeddedLog({ folder: join(folder, 'log') })
    await log.ensureTopics(topicSpecs(small.name, 3, 'forever', parts))
    return new FollowedWorld(log, folder, parts)
  }

  /** Event time between two lists of a user, for whom is opened from now on. */
  set everyMs(everyMs: number) {
    this.#definition = { ...this.#definition, recommend: { ...small.recommend, everyMs } }
  }

  get checkpoints(): string {
    return join(this.#folder, `checkpoints-${this.#takenOver}`)
  }

  async close(): Promise<void> {
    await this.log.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Put a block on its part's partition, as an ingest does that has read all commands. */
  async publish(block: InterestBlock, part = 0): Promise<void> {
    const [{ end } = { end: 0 }] = await this.log.ranges(topics.commands)
    const before = this.#reached[part]!
    this.#reached[part] = reachedWith(block, before)
    await this.#append(topics.interestSequences, partRecord(block, { part, before, mergesRead: end }))
  }

  /** The newest row that a part has published. */
  rows(part: number): number {
    return this.#reached[part]!.row
  }

  async command(wanted: WantedCommand): Promise<void> {
    this.#given += 1
    const command = givenCommand(wanted, { commandId: `command-${this.#given}`, time: 0 })
    await this.#append(topics.commands, commandRecord(command, 'avro'))
  }

  /** Forget somebody, as ingest takes it in whose newest row this is. */
  async forget(userId: string, upTo: number): Promise<void> {
    const people = [pseudonyms(this.#key)(userId)]
    await this.command({ kind: 'forget', forget: { people, stage: 'taken', upTo, until: {}, removed: {} } })
  }

  async leader(log = this.log): Promise<Playing<Learn>> {
    const { learner, forgotten } = await this.#learner()
    const open = { definition: this.#definition, log, learner, forgotten, clock: () => 0 }
    return { learner, process: await Learn.open({ ...open, checkpoints: this.#checkpoints() }) }
  }

  /** A leader on a handle of the log of its own, which a crash in the middle of a step takes from it. */
  async mortalLeader(): Promise<MortalLeader> {
    const log = await openEmbeddedLog({ folder: join(this.#folder, 'log') })
    return mortal(await this.leader(log), log)
  }

  /** The follower goes on as the leader, on a handle of the log of its own, with a copy of the checkpoints, from which whoever comes begins. */
  async takeOver({ process, learner }: Playing<Follow>): Promise<MortalLeader> {
    const before = this.checkpoints
    this.#takenOver += 1
    // Who died may have been writing one.
    const filter = (path: string) => !path.endsWith('.tmp')
    if (existsSync(before)) cpSync(before, this.checkpoints, { recursive: true, filter })
    const log = await openEmbeddedLog({ folder: join(this.#folder, 'log') })
    const open = { definition: this.#definition, log, learner, clock: () => 0, checkpoints: this.#checkpoints() }
    return mortal({ learner, process: await Learn.takeOver(open, process) }, log)
  }

  /** `key`: by which it knows who is to be forgotten. */
  async follower(key = this.#key, watch?: NonNullable<FollowOptions['watch']>): Promise<Playing<Follow>> {
    const { learner, forgotten } = await this.#learner(key)
    const checkKey = async () => {
      if (forgotten.underOtherKeys.length > 0) throw new RecstreamError('FORGET_KEY_MISSING', 'Put the key back.')
    }
    const open = { definition: this.#definition, log: this.log, learner, forgotten, checkKey, follower: 'test.1' }
    return {
      learner,
      process: await Follow.open({ ...open, checkpoints: this.#checkpoints(), ...(watch && { watch }) }),
    }
  }

  /** How far the leader has said that it is, as all of the topics tell. */
  async said(): Promise<number> {
    const lists = (await allOf(this.log, topics.recommendations)).filter(({ headers }) => !(besideHeader in headers))
    const rows = lists.map(({ value }) => decodeRecommendation(value!).sequence)
    for (const { value, headers } of await allOf(this.log, topics.modelVersions))
      rows.push(value === null ? Number(headers['recstream-sequence']) : decodeModelVersion(value).sequence)
    for (const record of await allOf(this.log, topics.commands)) rows.push((commandOf(record)!.appliedAt ?? 0) - 1)
    return Math.max(0, ...rows)
  }

  async #learner(key = this.#key) {
    const forgotten = new Forgotten(() => key)
    const learner = createLearner({
      ...{ definition: this.#definition, backend: await openBackend('wasm') },
      isOf: ({ forget }, id) => forget !== undefined && forgotten.isOf({ forget }, id),
    })
    return { learner, forgotten }
  }

  #checkpoints() {
    return openCheckpoints({
      folder: this.checkpoints,
      definition: this.#definition,
      onDamaged: () => {},
    })
  }

  async #append(topic: string, record: Parameters<Awaited<ReturnType<Log['producer']>>['append']>[1][number]) {
    const producer = await this.log.producer('test')
    await producer.append(topic, [record])
    await producer.close()
  }
}

/** Learn all that is there. */
export async function learnAll({ process }: Playing<Learn>): Promise<void> {
  while ((await process.step(10, pause)) || !(await process.caughtUp()));
}

/** Follow up to a row; fails where the follower does not come there. */
export async function followTo({ process, learner }: Playing<Follow>, row: number): Promise<void> {
  for (let tries = 0; learner.position < row; tries++) {
    if (tries > 1_000) throw new Error(`it stands at row ${learner.position}, and the leader at ${row}`)
    await process.step(10, pause)
  }
}
