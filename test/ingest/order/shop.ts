import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBlock } from '../../../src/codec/block.ts'
import { encodeEvent, encodeItem, encodeProfile } from '../../../src/codec/input.ts'
import { Ingest } from '../../../src/ingest/ingest.ts'
import type { IngestProgress } from '../../../src/ingest/intake.ts'
import { type EmbeddedLog, openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { Log, OutgoingRecord } from '../../../src/log/log.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import { onlyPart, type Part } from '../../../src/records/part.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import type { Warehouse } from '../../../src/records/warehouse.ts'
import { layoutOf } from '../../../src/run/layout.ts'
import { openWarehouse } from '../../../src/warehouse/open-warehouse.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { seeded } from '../../promises/random.ts'
import { shuffledLog } from './shuffled-log.ts'

export const start = Date.UTC(2024, 0, 1)
export const topics = topicsOf('shop')

export function shopPipeline(changes: Partial<PipelineDefinition> = {}): PipelineDefinition {
  return definePipeline({
    name: 'shop',
    behaviours: ['view'],
    reward: ({ value }) => value ?? 0,
    scale: { kind: 'watch', positiveFrom: 0.5 },
    clean: { botLimit: 8, botWindowMs: 10_000 },
    window: { shortLength: 3, usersInMemory: 8, itemsInMemory: 8 },
    ...changes,
  })
}

interface How {
  on: Log
  batchSize?: number
  /** Stop after so many steps. */
  steps?: number
  /** The tables take no more than so many commits; what comes then is lost with the process. */
  commits?: number
  definition?: PipelineDefinition
  /** Default: the only one. */
  part?: Part
  said?: string[]
  /** Told how far it came at its end. */
  onEnd?: (progress: IngestProgress) => void
}

/** A shop's topics in an embedded log of its own, and warehouses that are filled from them. */
export async function openShop(partitions: number, segmentBytes?: number, parts = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-rebuild-'))
  const log: EmbeddedLog = await openEmbeddedLog({
    folder: join(folder, 'log'),
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  await log.ensureTopics(topicSpecs('shop', partitions, 'forever', parts))

  const warehouse = (name: string) => {
    const { warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
    return openWarehouse({ file, snapshots, archive, shortLength: 3, botWindowMs: 10_000 })
  }

  return {
    folder,
    log,
    /** The log with the events' partitions interleaved otherwise for every seed. */
    arriving: (seed: number) => shuffledLog(log, topics.behaviourEvents, seed),
    produce: (from: number, to: number) => produce(log, from, to),
    warehouse,
    /** Ingest into the warehouse of this name, and what it holds then. */
    async run(name: string, how: How) {
      const held = await warehouse(name)
      if (how.commits !== undefined) killAfter(held, how.commits)
      try {
        await ingest(held, how)
        return await tables(held)
      } finally {
        await held.close()
      }
    },
    /** The newest row of a warehouse. */
    async rows(name: string) {
      const held = await warehouse(name)
      try {
        return (await held.newest()).sequence
      } finally {
        await held.close()
      }
    },
    /** What stands on the two topics that ingest writes. */
    async published() {
      const sequences = (await allOf(log, topics.interestSequences)).map(({ value }) => decodeBlock(value!))
      const letters = (await allOf(log, topics.deadLetters)).map(({ headers, value }) => [
        headers['recstream-number']!.toString(),
        `${headers['__connect.errors.partition']}@${headers['__connect.errors.offset']}`,
        value?.toString(),
      ])
      return { sequences, letters }
    },
    async close() {
      await log.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>

/** Events of 16 users: one in ten is sent again, one in twelve is no event; profiles and items change meanwhile. */
async function produce(log: Log, from: number, to: number): Promise<void> {
  const random = seeded(from + 1)
  const events: OutgoingRecord[] = []
  const profiles: OutgoingRecord[] = []
  const items: OutgoingRecord[] = []
  for (let k = from; k < to; k++) {
    const timestamp = start + k * 100
    const userId = `u${Math.floor(random() * 16)}`
    const event = {
      eventId: random() < 0.1 ? `e${Math.floor(k / 2)}` : `e${k}`,
      userId,
      itemId: `i${Math.floor(random() * 20)}`,
      behaviour: 'view',
      time: timestamp - (random() < 0.1 ? 5_000 : 0),
      value: Math.floor(random() * 10) / 10,
      properties: {},
      recommendationId: null,
    }
    const isBroken = random() < 1 / 12
    events.push({ key: userId, value: isBroken ? Buffer.from(`{broken ${k}`) : encodeEvent(event), timestamp })
    if (k % 10 === 0) {
      const profile = encodeProfile({ userId, attributes: { seen: `${k}` } })
      profiles.push({ key: userId, value: k % 30 === 0 ? Buffer.from('{') : profile, timestamp })
    }
    if (k % 25 === 0) {
      const itemId = `i${(k / 25) % 20}`
      items.push({
        key: itemId,
        value: encodeItem({ itemId, title: null, attributes: { at: `${k}` }, tags: [] }),
        timestamp,
      })
    }
  }
  const producer = await log.producer('outside')
  await producer.append(topics.userProfiles, profiles)
  await producer.append(topics.items, items)
  await producer.append(topics.behaviourEvents, events)
  await producer.close()
}

async function ingest(
  warehouse: Warehouse,
  {
    on,
    batchSize = 40,
    steps = Number.POSITIVE_INFINITY,
    definition = shopPipeline(),
    said = [],
    part = onlyPart,
    onEnd,
  }: How,
): Promise<void> {
  const onRebuild = (message: string) => said.push(message)
  const ingest = await Ingest.open({ definition, part, log: on, warehouse, clock: () => 0, batchSize, onRebuild })
  try {
    for (let step = 0; step < steps; step++) if (!(await ingest.step(0)) && (await ingest.drained())) break
    onEnd?.(ingest.progress)
  } finally {
    await ingest.close()
  }
}

function killAfter(warehouse: Warehouse, commits: number): void {
  const commit = warehouse.commit.bind(warehouse)
  let left = commits
  warehouse.commit = batch => (left-- > 0 ? commit(batch) : Promise.reject(new Error('killed')))
}

async function tables(warehouse: Warehouse) {
  const users = []
  for await (const rows of warehouse.users()) users.push(...rows)
  const items = []
  for await (const rows of warehouse.items()) items.push(...rows)
  return {
    events: await warehouse.events(0, 10_000),
    deadLetters: await warehouse.deadLetters(0, 10_000),
    users: users.sort((a, b) => (a.userId < b.userId ? -1 : 1)),
    items: items.sort((a, b) => (a.itemId < b.itemId ? -1 : 1)),
    positions: await warehouse.positions(),
  }
}
