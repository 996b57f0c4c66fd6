import { cpus } from 'node:os'
import { join } from 'node:path'
import { writeBetweenMarks } from '../src/lab/experiment/results-page.ts'
import { packageRoot } from '../src/package-root.ts'
import { type Measured, measured, measureShards } from './shards.ts'
import { cpuSeconds, eventsPerSecond, type IngestCosts, ingestMemory, type Load, sizeOf } from './sizing/cost-model.ts'
import { fitCosts } from './sizing/fit-costs.ts'
import { learnerCosts } from './sizing/learner-costs.ts'

/** Items of the generated world, as `withJsonEvents` has them. */
const items = 5_000
const recordsEach = 20_000 + items
const manyUsers = 100_000

const loads: Load[] = [
  { events: 100, lists: 10, users: 20_000, items: 5_000 },
  { events: 1_000, lists: 100, users: 200_000, items: 5_000 },
  { events: 2_000, lists: 200, users: 1_000_000, items: 20_000 },
  { events: 5_000, lists: 0, users: 1_000_000, items: 20_000 },
  { events: 20_000, lists: 0, users: 5_000_000, items: 100_000 },
  { events: 50_000, lists: 0, users: 10_000_000, items: 100_000 },
]

/** What is measured here, a cost model from it, the model beside what was measured, and what it says of other loads. */
export async function benchSizing(
  { events, rounds }: { events: number; rounds: number },
  say: (line: string) => void,
): Promise<string> {
  const records: Measured[] = []
  const runs: Awaited<ReturnType<typeof measureShards>>[] = []
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`)
    records.push(await measured(1_000, { parts: 1, shards: 1, users: manyUsers }, say))
    runs.push(await measureShards(events, say))
  }
  const [whole, one, two, four] = [0, 1, 2, 3].map(k => quickest(runs.map(run => run[k]!)))
  const alone = { ...quickest(records), records: manyUsers + items }
  const costs = fitCosts({ records: alone, whole: whole!, one: one!, two: two!, recordsEach })
  const checked = [whole!, one!, two!, four!].map(run => {
    const load = { parts: run.parts, shards: run.shards, events, records: recordsEach }
    const compared = (measured: number, modelled: number) => [
      rounded(measured),
      rounded(modelled),
      error(modelled, measured),
    ]
    return [
      `${run.parts} in ${run.shards}${run === four ? ', not fitted' : ''}`,
      ...compared(events / run.cpu, events / cpuSeconds(costs, load)),
      ...compared(events / run.seconds, eventsPerSecond(costs, load, cpus().length)),
      ...compared(run.peak, ingestMemory(costs, load)),
    ]
  })
  return [
    tableOf(['What is assumed', 'Cost', 'From'], assumptions(costs)),
    tableOf(
      [
        ...['Parts in shards', 'Events per processor second', 'modelled', 'error'],
        ...['Events/s with their broker', 'modelled', 'error', 'Peak memory, MiB', 'modelled', 'error'],
      ],
      checked,
    ),
    tableOf(
      [
        ...['Events/s', 'Lists/s', 'Users', 'Items', 'Shards', 'Processors of ingest', 'Of the learner'],
        ...['Memory of ingest', 'Of the learner', 'Disk a day'],
      ],
      loads.map(load => sizeRow(load, costs)),
    ),
  ].join('\n\n')
}

/** Put the tables onto their page. */
export function writeSizing(tables: string): void {
  writeBetweenMarks(join(packageRoot(), 'docs', 'operate'), 'sizing', tables)
}

function assumptions({ event, record, process, broker, width, memory }: IngestCosts): string[][] {
  const { event: learned, list, learner, ingestPerUser, disk } = learnerCosts
  const here = '`npm run bench -- sizing`'
  return [
    ['an event in ingest', `${event.toFixed(0)} µs of a processor`, here],
    ['a profile or item in each part that reads it', `${record.read.toFixed(0)} µs of a processor`, here],
    ['– once, where it is told to the learner', `${record.told.toFixed(0)} µs of a processor`, here],
    ['two processes of ingest (twice that: many)', `${(100 * process).toFixed(0)}% more for an event`, here],
    ['an event in the broker', `${broker.toFixed(0)} µs of a processor`, here],
    ['processors that a process of ingest fills', width.toFixed(2), here],
    ['a process of ingest, a part in it', `${memory.process.toFixed(0)}, ${memory.part.toFixed(0)} MiB`, here],
    ['a user in ingest', `${ingestPerUser} kB`, '`npm run bench -- many-users`'],
    [
      'an event in the learner',
      `${learned.few.micros} µs (${rounded(learned.few.items)} items) to ${learned.many.micros} µs (${rounded(learned.many.items)})`,
      '`npm run bench -- learner`, `serve`',
    ],
    [
      'a list of ten in the learner',
      `${list.few.micros} µs (${rounded(list.few.items)} items) to ${list.many.micros} µs (${rounded(list.many.items)})`,
      '`npm run bench -- latency`, `serve`',
    ],
    ['the learner', `${learner.base} MiB and ${learner.perUser} kB a user`, '`npm run bench -- many-users`'],
    ['tables on disk', `${disk.perEvent} bytes an event, ${disk.perListItem} a list’s item`, 'the table above'],
  ]
}

function sizeRow(load: Load, costs: IngestCosts): string[] {
  const size = sizeOf(load, costs)
  const learner = size.learner.toFixed(2)
  return [
    ...[load.events, load.lists, load.users, load.items].map(rounded),
    `${size.shards}`,
    size.ingest.toFixed(2),
    // One thread learns and lists.
    size.learner > 1 ? `${learner}: too much` : learner,
    ...[gibibytes(size.memory.ingest), gibibytes(size.memory.learner), `${size.diskPerDay.toFixed(1)} GB`],
  ]
}

/** Other work on the machine can only slow a run. */
const quickest = (runs: readonly Measured[]) => runs.reduce((best, run) => (run.seconds < best.seconds ? run : best))
const gibibytes = (mebibytes: number) => `${(mebibytes / 1_024).toFixed(1)} GiB`
const rounded = (value: number) => Math.round(value).toLocaleString('en')
const error = (modelled: number, measured: number) => {
  const percent = Math.round(100 * (modelled / measured - 1))
  return `${percent > 0 ? '+' : ''}${percent}%`
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
