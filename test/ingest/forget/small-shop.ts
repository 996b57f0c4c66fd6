import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { encodeEvent, encodeProfile } from '../../../src/codec/input.ts'
import { encodeCommand } from '../../../src/codec/output.ts'
import { createSchemaRegistry } from '../../../src/codec/registry.ts'
import { forgetPeople } from '../../../src/ingest/forget/forget-people.ts'
import { forgetTogether } from '../../../src/ingest/forget/forget-together.ts'
import { readForgotten } from '../../../src/ingest/forget/read-forgotten.ts'
import { Ingest } from '../../../src/ingest/ingest.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { coldFiles, usersIn } from '../../../src/learner/users/cold-files.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'
import type { Command, Forget } from '../../../src/records/command.ts'
import { type ForgetCommand, Forgotten } from '../../../src/records/forgotten.ts'
import type { Part } from '../../../src/records/part.ts'
import { pseudonyms } from '../../../src/records/pseudonym.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import type { Warehouse } from '../../../src/records/warehouse.ts'
import { clearNotes } from '../../../src/run/clear-notes.ts'
import { openWarehouse } from '../../../src/warehouse/open-warehouse.ts'

const shopNamed = (name: string, parts: number) =>
  definePipeline({
    ...{ name, parts, partitions: parts },
    behaviours: { view: { again: 'always' }, buy: { again: 'never' } },
    reward: () => 1,
    scale: { kind: 'watch', positiveFrom: 0.5 },
    window: { shortLength: 3 },
    // Most people are on disk.
    learn: {
      maxUsers: 2,
      blockSize: 32,
      hiddenSize: 4,
      shortSize: 4,
      checkpointEvery: 64,
      replayCapacity: 64,
      training: 'inline',
    },
    recommend: { everyMs: 0, length: 3 },
  })
export const key = Buffer.alloc(32, 7)
const start = Date.UTC(2024, 0, 1)

export const others = ['user-bob', 'user-cleo', 'user-dan']
/** Events of everybody in turn: somebody among others. */
export const crowd = (count: number, ...people: string[]): [string, string][] =>
  Array.from({ length: count }, (_, k) => [
    [...others, ...people][k % (others.length + people.length)]!,
    `item-${k % 7}`,
  ])

/** A shop with ingest and a learner in this process, which run until nothing is left to do; on a log of its own, or on one that is there. */
export async function openSmallShop(on?: { log: Log; name: string }, parts = 1) {
  const shop = shopNamed(on?.name ?? 'shop', parts)
  const topics = topicsOf(shop.name)
  const folder = mkdtempSync(join(tmpdir(), 'recstream-forget-'))
  const log: Log = on?.log ?? (await openEmbeddedLog({ folder: join(folder, 'log') }))
  await log.ensureTopics(topicSpecs(shop.name, parts, 'forever', parts))
  const backend = await openBackend('wasm')
  const path = (name: string) => join(folder, name)

  async function append(topic: string, records: { key: string | null; value: Buffer; timestamp: number }[]) {
    const producer = await log.producer(`test-${topic}`)
    await producer.append(topic, records)
    await producer.close()
  }

  async function give(command: Partial<Command>): Promise<void> {
    const nobody = { shares: {}, arm: null, fromUser: null, toUser: null, time: 0, reason: '', appliedAt: null }
    const value = encodeCommand({ ...nobody, kind: 'merge', commandId: `${given++}`, ...command }, 'avro')
    await append(topics.commands, [{ key: null, timestamp: 0, value }])
  }
  let given = 0

  async function warehouseAt(name: string, part = 0): Promise<Warehouse> {
    const at = (file: string) => join(path(name), `${part}`, file)
    return openWarehouse({ file: at('w.duckdb'), snapshots: at('snapshots'), archive: at('archive'), shortLength: 3 })
  }

  /** Ingest of a part, which forgets whom it is to. */
  async function openPart(data: string, part: Part, onForgotten: (command: ForgetCommand) => Promise<void>) {
    const warehouse = await warehouseAt(data, part.part)
    const forgotten = new Forgotten(() => key)
    const given = { definition: shop, part, log, warehouse, forgotten }
    const notes = { runLog: path('run.log'), sqlHistory: path('sql-history') }
    const forget = (isSettled: boolean) =>
      forgetPeople({ ...given, isSettled, clearNotes: (find, what) => clearNotes(notes, find, what), onForgotten })
    const open = () => Ingest.open({ ...given, clock: () => 0, batchSize: 16 })
    await readForgotten(log, topics.commands, forgotten)
    await forget(false)
    let ingest = await open()
    return {
      forgotten,
      async step(waitMs: number): Promise<boolean> {
        const wasBusy = await ingest.step(waitMs)
        if (ingest.mustForget) {
          await ingest.close()
          await forget(true)
          ingest = await open()
        }
        if (part.of > 1 && part.part === 0) await forgetTogether({ ...given, onForgotten })
        return wasBusy
      },
      isDone: async () => (await ingest.drained()) && (await ingest.landed()),
      async close() {
        await ingest.close()
        await warehouse.close()
      },
    }
  }

  return {
    folder,
    log,
    topics,
    give,
    warehouseAt,
    /** What tables hold, and the newest row. */
    async rows(data = 'data', part = 0) {
      const warehouse = await warehouseAt(data, part)
      const events = await warehouse.events(0, 10_000)
      const letters = await warehouse.deadLetters(0, 1_000)
      const { sequence } = await warehouse.newest()
      await warehouse.close()
      return { events, letters, sequence }
    },
    /** Events of each user, one after the other, `from` so many before. */
    send: (from: number, ...events: [user: string, item: string, behaviour?: string][]) =>
      append(
        topics.behaviourEvents,
        events.map(([userId, itemId, behaviour = 'view'], k) => {
          const time = start + 60_000 * (from + k)
          const event = { eventId: `e${from + k}`, userId, itemId, behaviour, time, value: null, properties: {} }
          return { key: userId, timestamp: time, value: encodeEvent({ ...event, recommendationId: null }) }
        }),
      ),
    sendProfile: (userId: string, country: string) =>
      append(topics.userProfiles, [
        { key: userId, timestamp: start, value: encodeProfile({ userId, attributes: { country } }) },
      ]),
    sendBytes: (user: string | null, text: string) =>
      append(topics.behaviourEvents, [{ key: user, timestamp: start, value: Buffer.from(text) }]),
    forget: (...ids: string[]) => {
      const forget: Forget = { people: ids.map(pseudonyms(key)), stage: 'given', upTo: null, until: {}, removed: {} }
      return give({ kind: 'forget', forget })
    },
    /** Run ingest and the learner until all is done; what was said to be removed of people. */
    async run({
      data = 'data',
      learner: name = 'checkpoints',
    } = {}): Promise<{ done: ForgetCommand[]; weights: string }> {
      const done: ForgetCommand[] = []
      const people = new Forgotten(() => key)
      const onForgotten = async (command: ForgetCommand) => void done.push(command)
      const shards = await Promise.all(
        Array.from({ length: parts }, (_, part) => openPart(data, { part, of: parts }, onForgotten)),
      )
      const cold = coldFiles({ folder: usersIn(path(name)) })
      const learner = createLearner({
        ...{ definition: shop, backend, cold },
        isOf: ({ forget }, id) => forget !== undefined && people.isOf({ forget }, id),
      })
      const checkpoints = openCheckpoints({ folder: path(name), definition: shop, onDamaged: () => {}, users: cold })
      const learn = await Learn.open({ definition: shop, log, learner, checkpoints, forgotten: people, clock: () => 0 })
      for (let idle = 0; idle < 2; ) {
        let wasBusy = false
        for (const shard of shards) wasBusy = (await shard.step(on === undefined ? 0 : 50)) || wasBusy
        const learned = await learn.step(on === undefined ? 0 : 50, async () => {})
        const isForgotten = !people.isPending && shards.every(({ forgotten }) => !forgotten.isPending)
        const isDone = !wasBusy && !learned && isForgotten && (await learn.caughtUp())
        const rest = isDone ? await Promise.all(shards.map(shard => shard.isDone())) : [false]
        idle = rest.every(Boolean) ? idle + 1 : 0
      }
      await learn.finish()
      const weights = learner.weightsSha256()
      await learn.close()
      for (const shard of shards) await shard.close()
      return { done, weights }
    },
    /** What a forgetting waits for when ingest has read what there is, asking this registry for schemas. */
    async waitsFor(registry: string): Promise<string> {
      const warehouse = await warehouseAt('data')
      const forgotten = new Forgotten(() => key)
      const given = { definition: shop, log, warehouse, forgotten, clock: () => 0 }
      const ingest = await Ingest.open({ ...given, registry: createSchemaRegistry(registry) })
      while (ingest.forgetWaits === null) await ingest.step(5)
      expect(ingest.mustForget).toBe(false)
      await ingest.close()
      await warehouse.close()
      return ingest.forgetWaits
    },
    /** Files that name somebody. */
    filesWith: (id: string): string[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
        .filter(file => readFileSync(file).includes(id)),
    async close() {
      await log.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
