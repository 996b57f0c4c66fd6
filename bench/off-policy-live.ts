import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeRecommendation } from '../src/codec/output.ts'
import { createEventCollector } from '../src/ingest/collect/collect.ts'
import { itemOf, stayOf } from '../src/lab/simulate/live/names.ts'
import { createRecall } from '../src/lab/simulate/live/recall.ts'
import { openPopulation } from '../src/lab/simulate/open-population.ts'
import type { Population } from '../src/lab/simulate/world/population.ts'
import { worlds } from '../src/lab/simulate/world/settings.ts'
import { createWorld } from '../src/lab/simulate/world/world.ts'
import { startBroker } from '../src/log/kafka/broker.ts'
import type { Log } from '../src/log/log.ts'
import type { Recommendation } from '../src/records/recommendation.ts'
import { topicsOf } from '../src/records/topics.ts'
import { layoutOf } from '../src/run/layout.ts'
import { openLog } from '../src/run/open-log.ts'
import { allOf } from '../test/log/fixtures/read.ts'
import { recstream } from '../test/promises/command.ts'
import { ownPipeline } from '../test/promises/own-pipeline.ts'
import type { Row } from './results.ts'

const [people, stay, steps] = [96, 2, 6_000]
const arms = ['myopic', 'ddpg-la'] as const
type Arm = (typeof arms)[number]
const estimators = ['doubly_robust', 'snips', 'ips', 'on_log'] as const

interface Estimate {
  estimator: string
  estimate: number
  low: number
  high: number
  effective_sample_size: number
}

/**
 * What each of two arms would bring, estimated from the other's lists alone: simulated people, real topics on a broker, a
 * pipeline of its own for every seed. The truth is what the world expects of the item that the arm would have shown, at the
 * moments when the other arm's lists were answered.
 */
export async function benchOffPolicyLive(seeds: number, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-live-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const population = await openPopulation()
  const all: { arm: Arm; truth: number; estimates: Estimate[] }[] = []
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const name = `off-policy-${seed}`
      const pipeline = ownPipeline(folder, name, 'simulated')
      const data = join(folder, name)
      await succeed([
        ...['simulate', 'live', pipeline, '--brokers', broker.brokers.join(','), '--data', data, '--json'],
        ...['--people', `${people}`, '--stay', `${stay}`, '--steps', `${steps}`, '--seed', `${seed}`],
        ...['--arms', arms.map(arm => `${arm}=0.5`).join(), '--set', 'recommend.alternatives=yes'],
        ...['--set', 'guard.enabled=no'],
      ])
      const log = await openLog({ brokers: broker.brokers }, layoutOf(data, name))
      const truths = await truthsOf(log, name, seed, population)
      await log.close()
      for (const arm of arms) {
        const query = `from off_policy('${arm}')`
        const estimates: Estimate[] = JSON.parse(
          await succeed(['sql', '-p', pipeline, '--data', data, '--json', query]),
        )
        all.push({ arm, truth: truths[arm], estimates })
        const intervals = estimates.map(
          ({ estimator, low, high }) => `${estimator} ${low.toFixed(3)}–${high.toFixed(3)}`,
        )
        say(`seed ${seed}, ${arm}: truth ${truths[arm].toFixed(3)}; ${intervals.join(', ')}`)
      }
      rmSync(data, { recursive: true, force: true })
    }
  } finally {
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return arms.flatMap(arm => rowsOf(arm, seeds, all))
}

function rowsOf(arm: Arm, seeds: number, all: readonly { arm: Arm; truth: number; estimates: Estimate[] }[]) {
  const own = all.filter(each => each.arm === arm)
  const rows: Row[] = [
    { what: `${arm} from the other’s lists: truth`, value: mean(own.map(({ truth }) => truth)), unit: 'reward' },
  ]
  for (const estimator of estimators) {
    const of = ({ estimates }: (typeof own)[number]) => estimates.find(each => each.estimator === estimator)!
    const inside = own.filter(one => of(one).low <= one.truth && one.truth <= of(one).high).length
    rows.push({
      what: `– ${estimator.replace('_', ' ')}: truth inside ${inside} of ${seeds} intervals`,
      value: mean(own.map(one => of(one).estimate)),
      unit: 'reward',
      error: mean(own.map(one => (of(one).high - of(one).low) / (2 * 1.96))),
    })
  }
  const size = mean(own.map(({ estimates }) => estimates[0]!.effective_sample_size))
  return [...rows, { what: '– effective sample size', value: size, unit: 'rows' as const }]
}

/** What the command says on stdout; one that fails is thrown with what it said. */
async function succeed(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await recstream(args).ended
  if (code !== 0) throw new Error(`recstream ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

/** Live through a run again, and ask the world at each answered list what it expects of the item that the other arm drew. */
async function truthsOf(log: Log, name: string, seed: number, population: Population): Promise<Record<Arm, number>> {
  const topics = topicsOf(name)
  const lists = new Map<string, Recommendation>()
  for (const { value } of await allOf(log, topics.recommendations)) {
    const list = decodeRecommendation(value!)
    lists.set(list.recommendationId, list)
  }
  const recall = createRecall(seed)
  const collector = createEventCollector()
  for (const record of await allOf(log, topics.behaviourEvents)) {
    const collected = collector.collect(record)
    if ('value' in collected) recall.event(collected.value)
  }
  const world = createWorld({ population, settings: { ...worlds.saturating, days: stay }, slots: people, seed })
  const itemNumber = (itemId: string) => itemOf(itemId, population.items)
  const expected: Record<Arm, number[]> = { myopic: [], 'ddpg-la': [] }
  for (const { userId, itemId, recommendationId } of recall.events()) {
    const { slot } = stayOf(userId, seed)!
    const first = lists.get(recommendationId ?? '')?.items[0]
    for (const arm of first?.itemId === itemId ? arms : []) {
      const other = first!.alternatives?.[arm]
      if (other !== undefined) expected[arm].push(world.truth(slot).watch[itemNumber(other.itemId)]!)
    }
    world.show(slot, itemNumber(itemId))
  }
  return { myopic: mean(expected.myopic), 'ddpg-la': mean(expected['ddpg-la']) }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
