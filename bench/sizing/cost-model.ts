import { learnerCosts } from './learner-costs.ts'

/** What a run of ingest is: so many processes that share so many parts. */
export interface Shape {
  parts: number
  shards: number
}

export interface Run extends Shape {
  events: number
  /** Profiles and items, which every part reads. */
  records: number
}

/** Costs of ingest on one machine. */
export interface IngestCosts {
  /** Processor time of an event, µs. */
  event: number
  /** Of a profile or item, µs: in each part that reads it, and once where it is told to the learner. */
  record: { read: number; told: number }
  /** How much more an event takes in two processes, as a share: smaller transactions. In many it comes to twice as much. */
  process: number
  /** Of the broker, for an event, µs. */
  broker: number
  /** How many processors one process keeps busy when it goes as fast as it can. */
  width: number
  /** Memory of a process and of a part in it, MiB. */
  memory: { process: number; part: number }
}

/** Processor time that processes of ingest take for a run, s. */
export function cpuSeconds(costs: IngestCosts, { parts, shards, events, records }: Run): number {
  const ofEvents = events * costs.event * (1 + 2 * costs.process * (1 - 1 / shards))
  return (ofEvents + records * (costs.record.told + costs.record.read * parts)) / 1e6
}

/**
 * Events a second of processes that go as fast as they can: the slower of the busiest process and of all of them with the broker
 * on the processors that there are.
 */
export function eventsPerSecond(costs: IngestCosts, run: Run, processors: number): number {
  const cpu = cpuSeconds(costs, run)
  const busiest = (cpu * Math.ceil(run.parts / run.shards)) / run.parts / costs.width
  const together = (cpu + (run.events * costs.broker) / 1e6) / processors
  return run.events / Math.max(busiest, together)
}

/** Memory of all processes of ingest, MiB. */
export function ingestMemory({ memory }: IngestCosts, { parts, shards }: Shape): number {
  return shards * memory.process + parts * memory.part
}

/** What a pipeline is to carry. */
export interface Load {
  /** A second. */
  events: number
  lists: number
  users: number
  items: number
}

export interface Size extends Shape {
  /** Processors that ingest takes, in all of its shards. */
  ingest: number
  /** That the learner takes; above 1 it falls behind, since it is one. */
  learner: number
  /** Memory of ingest and of the learner, MiB. */
  memory: { ingest: number; learner: number }
  /** Of the warehouses, GB a day. */
  diskPerDay: number
}

/** No processor is planned fuller than this. */
export const fullest = 0.6

/**
 * What a load takes, with as many shards as keep each below `fullest` of a processor, and as many parts.
 *
 *     sizeOf({ events: 1_000, lists: 50, users: 20_000, items: 5_000 }, costs).shards   // 1
 */
export function sizeOf(load: Load, costs: IngestCosts): Size {
  const shards = shardsFor(load.events, costs)
  const shape = { parts: shards, shards }
  const learner =
    load.events * byItems(learnerCosts.event, load.items) + load.lists * byItems(learnerCosts.list, load.items)
  const mebibytes = (kilobytes: number) => (kilobytes * 1_000) / 2 ** 20
  const { disk, ingestPerUser } = learnerCosts
  return {
    ...shape,
    ingest: ingestLoad(load.events, shards, costs),
    learner: learner / 1e6,
    memory: {
      ingest: ingestMemory(costs, shape) + mebibytes(load.users * ingestPerUser),
      learner: learnerCosts.learner.base + mebibytes(load.users * learnerCosts.learner.perUser),
    },
    diskPerDay: (86_400 * (load.events * disk.perEvent + load.lists * 10 * disk.perListItem)) / 1e9,
  }
}

function shardsFor(events: number, costs: IngestCosts): number {
  let shards = 1
  while (ingestLoad(events, shards, costs) / shards > fullest) shards++
  return shards
}

function ingestLoad(events: number, shards: number, costs: IngestCosts): number {
  return cpuSeconds(costs, { parts: shards, shards, events, records: 0 })
}

interface Points {
  few: { items: number; micros: number }
  many: { items: number; micros: number }
}

/** Along the line through both points, and no less than where items are few. */
function byItems({ few, many }: Points, items: number): number {
  const slope = (many.micros - few.micros) / (many.items - few.items)
  return Math.max(few.micros, few.micros + slope * (items - few.items))
}
