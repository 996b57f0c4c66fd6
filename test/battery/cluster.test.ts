import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../src/log/log.ts'
import type { PipelineDefinition } from '../../src/records/definition.ts'
import { topicNames, topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { importSource } from '../../src/sources/import-source.ts'
import { startCluster, type TestCluster } from '../kafka/cluster.ts'
import { type Command, killAll, recstream, root } from '../promises/command.ts'
import { seeded } from '../promises/random.ts'
import { inFolder } from '../promises/twins.ts'
import { sendLive } from './cluster/send-live.ts'
import { type Tally, tallyImport, tallyRun } from './cluster/tallies.ts'
import { untilQuiet } from './cluster/until-quiet.ts'

/** How often it is all done; RECSTREAM_RUNS asks for more. A run takes about five minutes. */
const runs = Number(process.env['RECSTREAM_RUNS'] ?? 1)
/** How long leaders are moved before the brokers are restarted, seconds. */
const movingSeconds = Number(process.env['RECSTREAM_MOVING_SECONDS'] ?? 120)
/** Another build's `dist`, to hold this one against. */
const dist = process.env['RECSTREAM_DIST'] ?? join(root, 'dist')
const seed = Number(process.env['RECSTREAM_SEED'] ?? 1)

const partitions = 6
const perSecond = 300
const importedRows = 100_000
/** Small appends, many of which meet a leader that moves. */
const importBatch = 250
/** An import that fails this often is no longer begun again. */
const mostBeginnings = 50
/** Nothing new for this long, ms: whoever had something to write has written it. */
const quietMs = 15_000

const here = (await detectBrokerRuntime()) !== null

interface Trial {
  run: number
  /** How long leaders are moved, s. */
  moving: number
  /** How each broker ends after that, in turn. */
  end: 'stop' | 'kill'
}

describe.skipIf(!here)('three brokers', () => {
  test.each(Array.from({ length: runs }, (_, k) => k + 1))(
    'leaders that move and a rolling restart lose nothing and write nothing twice (run %i)',
    run => trial({ run, moving: movingSeconds, end: 'stop' }),
  )

  test('brokers that are killed one after another lose nothing and write nothing twice', () =>
    trial({ run: 0, moving: 0, end: 'kill' }))
})

function trial(how: Trial): Promise<void> {
  return inFolder(async folder => {
    const cluster = await startCluster()
    try {
      const report = await disturbedRun(cluster, folder, how)
      console.log(JSON.stringify(report))
      const nothing = { missing: 0, foreign: 0, ...(report.restarts === 0 ? { twice: 0 } : {}) }
      expect(report.imported).toMatchObject({ missing: 0, twice: 0, foreign: 0 } satisfies Partial<Tally>)
      expect(report.outcomes).toMatchObject(nothing)
      expect(report.sequences).toMatchObject(nothing)
      expect(report.deadLetters).toMatchObject(nothing)
      expect(report.recommendations).toMatchObject(nothing)
      expect({ lost: report.input.lost, otherLists: report.otherLists }).toEqual({ lost: 0, otherLists: 0 })
    } finally {
      await cluster.dispose()
    }
  })
}

async function disturbedRun(cluster: TestCluster, folder: string, { run, moving, end }: Trial) {
  const { brokers } = cluster
  const { module, definition } = await liveShop(folder)
  const topics = topicsOf(definition.name)
  const other = { ...definition, name: 'imported' }
  const log = await openKafkaLog({ brokers })
  let pipeline: Command | undefined
  try {
    // Six partitions wherever more than one is allowed.
    const spread = (name: string) =>
      topicSpecs(name, partitions).map(spec =>
        /(items|dead-letters)$/.test(spec.name) ? { ...spec, partitions } : spec,
      )
    await log.ensureTopics([...spread(definition.name), ...spread(other.name)])

    const began = performance.now()
    const options = ['--brokers', brokers.join(','), '--data', join(folder, 'data'), '--backend', 'wasm']
    pipeline = recstream(['start', module, '--no-import', ...options], { dist })
    const random = seeded(seed + run)
    const live = await sendLive({ brokers, topic: topics.behaviourEvents, partitions, perSecond, random })
    const importing = importSlowly(brokers, other, Math.max(moving, 20))
    // Its failure is thrown where it is waited for, below.
    importing.catch(() => {})

    const moved = topicNames(definition.name, 1).concat(topicsOf(other.name).behaviourEvents)
    const movingUntil = performance.now() + moving * 1_000
    let moves = 0
    while (performance.now() < movingUntil) {
      moves += await cluster.moveLeaders(moved, () => random() < 0.3)
      await delay(300)
    }
    await cluster.restartEach(end)
    await live.stop()
    const imports = await importing
    await untilQuiet(log, topicNames(definition.name, 1), quietMs)
    pipeline.child.kill('SIGINT')
    const { code, stderr } = await pipeline.ended
    expect(code, stderr.slice(-2_000)).toBe(0)

    const tallies = await tallyRun(log, definition, live.acknowledged)
    return {
      ...{ run, end, seconds: Math.round((performance.now() - began) / 1_000), moves, imports },
      restarts: stderr.split('\n').filter(line => / process is started again/.test(line)).length,
      imported: await tallyImport(log, topicsOf(other.name).behaviourEvents, importedRows),
      ...tallies,
    }
  } finally {
    if (pipeline !== undefined) killAll(pipeline)
    await log.close()
  }
}

/** Made-up viewers, a list at most every two seconds each. */
async function liveShop(folder: string): Promise<{ module: string; definition: PipelineDefinition }> {
  const module = join(folder, 'moved.mjs')
  const like = pathToFileURL(join(dist, 'pipelines', 'generated', 'index.js')).href
  writeFileSync(
    module,
    `import like from '${like}'
export default { ...like, name: 'moved', partitions: ${partitions}, recommend: { ...like.recommend, everyMs: 2_000 } }
`,
  )
  return { module, definition: (await import(/* @vite-ignore */ pathToFileURL(module).href)).default }
}

/** Import made-up events over about so many seconds; what fails is begun again, as a supervisor does. How often it began. */
async function importSlowly(brokers: string[], definition: PipelineDefinition, seconds: number): Promise<number> {
  const built = (path: string) => import(/* @vite-ignore */ pathToFileURL(join(dist, 'src', path)).href)
  const { openKafkaLog: open } = await built('log/kafka/kafka-log.js')
  const begin = (await built('sources/import-source.js')).importSource as typeof importSource
  const pauseMs = (seconds * 1_000) / (importedRows / importBatch)
  for (let began = 1; ; began++) {
    const log: Log = await open({ brokers })
    try {
      const producer = await log.producer(`${definition.name}.import`)
      const paced = {
        ...producer,
        async append(...args: Parameters<typeof producer.append>) {
          await delay(pauseMs)
          await producer.append(...args)
        },
      }
      const folder = `events=${importedRows},users=2000,items=500,seed=${seed}`
      await begin({ log, definition, folder, producer: paced, batchSize: importBatch })
      return began
    } catch (error) {
      if (began === mostBeginnings) throw error
      console.error(`the import begins again: ${error}`)
    } finally {
      await log.close().catch(() => {})
    }
  }
}
