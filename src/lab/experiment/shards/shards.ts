import type { Scale } from '../../../records/definition.ts'
import { count } from '../../../records/words.ts'
import { collectScores } from '../collect.ts'
import type { Experiment, Trial } from '../experiment.ts'
import { apart, type PartName, partNames } from './merging.ts'
import { shardPass } from './shard-pass.ts'
import { type ShardSource, shardSource } from './shard-source.ts'
import { shardThread } from './shard-threads.ts'
import type { Steps } from './stepped-policy.ts'

/**
 * Several learners, each with the events of its users, which exchange what they share: prequential scores and events a second by how
 * many they are and how often they exchange, beside one learner and beside learners that never do.
 *
 *     npx recstream experiment shards --source ml-100k --learners 1,2,4 --exchange 1000,10000,never
 *
 * Of the learner it is the ensemble, without networks and lists. Each learner has a thread; they work one after the other, and rates are
 * what they would have on a core each. Two that work at once stand beside that. Run it with nothing else.
 */
export const shards: Experiment = {
  name: 'shards',
  summary: 'several learners that exchange what they share, by how many and how often',
  pipeline: 'movielens',
  columns: [
    ...['rmse', 'auc', 'mae', 'logLoss'],
    ...['eventsPerSecond', 'evenEventsPerSecond', 'exchangeShare', 'bytesPerEvent'],
  ],
  trials: ({ definition, seeds, learners = [1, 2, 4], exchange = [1000, 10_000, never] }) => {
    const forms: Form[] = learners.flatMap(each =>
      each === 1 ? [{ learners: 1, every: never }] : exchange.map(every => ({ learners: each, every })),
    )
    const others = forms
      .filter(({ every }) => every !== never)
      .flatMap(form =>
        variants[definition.scale.kind]
          .filter(({ most }) => form.learners <= most)
          .map(({ most: _, ...each }) => ({ ...form, ...each })),
      )
    const atOnce = [...forms, ...others]
      .filter(each => each.learners === 2 && each.steps !== 'averaged')
      .map(form => ({ ...form, atOnce: true }))
    return [...forms, ...others, ...atOnce].flatMap(form => seeds.map(seed => shardTrial(form, seed)))
  },
}

const never = Number.POSITIVE_INFINITY

interface Form {
  learners: number
  /** Events of all learners between two exchanges; Infinity: never. */
  every: number
  without?: readonly PartName[]
  steps?: Steps
  atOnce?: boolean
}

/** Other ways to exchange, and for how many learners at most they are tried. */
const variants: Record<Scale['kind'], readonly (Pick<Form, 'without' | 'steps'> & { most: number })[]> = {
  rating: [
    { without: ['pairs'], most: 4 },
    { steps: 'averaged', most: 2 },
  ],
  watch: [{ steps: 'averaged', most: 4 }],
}

function nameOf({ learners, every, without = [], steps = 'added', atOnce = false }: Form): string {
  if (learners === 1) return 'one learner'
  return [
    `${learners} learners, ${every === never ? 'never' : `every ${count(every)} events`}`,
    ...without.map(part => ` without ${part}`),
    ...(steps === 'added' ? [] : [' with steps averaged']),
    ...(atOnce ? [' at once'] : []),
  ].join('')
}

function shardTrial(form: Form, seed: number): Trial {
  const policy = nameOf(form)
  const { learners, every, without = [], steps = 'added', atOnce = false } = form
  const isAlone = learners === 1 || every === never
  const exchanged = isAlone ? [] : partNames.filter(part => !without.includes(part))
  return {
    ...{ name: `${policy} seed ${seed}`, policy, seed },
    async run(context) {
      const source = shardSource(context, learners)
      const { length, predictions } = source
      const ports = await Promise.all(
        Array.from({ length: learners }, (_, own) => shardThread(source, own, { seed, exchanged, steps })),
      )
      const cost = await shardPass(context, ports, { rows: length, every, atOnce }).finally(() =>
        Promise.all(ports.map(port => port.close())),
      )
      const collector = collectScores(context)
      for (let row = 0; row < length; row++) collector.add(row, predictions[row]!)
      const { metrics, ...rest } = collector.result()
      const rate = (ms: number) => (1000 * length) / ms
      const { exchanging, bytes } = cost
      const held = every === never ? cost.busiest : cost.waiting
      const rates = atOnce
        ? { eventsPerSecond: rate(cost.wall) }
        : { eventsPerSecond: rate(held + exchanging), evenEventsPerSecond: rate(cost.busiest + exchanging) }
      const costs = { exchangeShare: exchanging / (held + exchanging), bytesPerEvent: bytes / length }
      return {
        metrics: { ...metrics, ...rates, ...(exchanging === 0 ? {} : costs) },
        ...rest,
        notes: learners === 1 ? [] : notesOf(source, learners),
      }
    },
  }
}

function notesOf({ length, user, owners, scale }: ShardSource, learners: number): string[] {
  const events = new Float64Array(learners)
  for (let row = 0; row < length; row++) events[owners[user[row]!]!]! += 1
  const shares = [...events].map(each => `${((100 * each) / length).toFixed(1)}%`)
  const names = apart(scale === 'watch').map(name => `\`${name}\``)
  return [
    `Of ${learners} learners each has so many of the events: ${shares.join(', ')}.`,
    ...(names.length === 0 ? [] : [`Stays apart in each learner: ${names.join(', ')}.`]),
  ]
}
