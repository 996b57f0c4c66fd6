import { validate } from 'node-cron'
import { armsFrom } from '../arms/arms-from.ts'
import { RecstreamError } from '../errors.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { presentWords } from '../settings/renamed.ts'

/** One setting of a pipeline: where it stands, its unit, and what is allowed. */
export type Setting = { path: string; about: string; unit: string } & (
  | { type: 'integer' | 'number'; min: number; max: number }
  | { type: 'choice'; of: readonly string[] }
  | { type: 'cron' }
)

const integer = (path: string, unit: string, min: number, max: number, about: string): Setting => {
  return { path, unit, min, max, about, type: 'integer' }
}
const number = (path: string, unit: string, min: number, max: number, about: string): Setting => {
  return { path, unit, min, max, about, type: 'number' }
}
const choice = (path: string, of: readonly string[], about: string): Setting => {
  return { path, unit: 'a name', of, about, type: 'choice' }
}
const cron = (path: string, about: string): Setting => ({ path, unit: 'cron', about, type: 'cron' })

const anyTime = 8_640_000_000_000_000
const year = 31_622_400_000
const share = 'a share'
const ms = 'milliseconds'

/** Every setting that a definition can give and the command line can change; validation and help read the same list. */
export const settings: readonly Setting[] = [
  integer('epoch', `${ms} since 1970`, 0, anyTime, 'events before this time are impossible'),
  integer('partitions', 'partitions', 1, 1024, 'of the behaviour-events, user-profiles and recommendations topics'),
  choice('encoding', ['avro', 'json'], 'of what is written'),
  integer('clean.duplicateWindowMs', ms, 0, year, 'an event id seen again within this event time is a duplicate'),
  integer('clean.duplicateCapacity', 'event ids', 1, 16_000_000, 'remembered per generation; two are kept'),
  integer('clean.maxFutureMs', ms, 0, year, "how far an event may lie after its record's own timestamp"),
  integer('clean.botLimit', 'events', 1, 1_000_000, 'more of one user than this in one window is bot-like'),
  integer('clean.botWindowMs', ms, 1, year, 'the window of the bot limit'),
  integer('window.shortLength', 'records', 1, 100, 'length of the short interest sequence'),
  integer('window.usersInMemory', 'users', 2, 16_000_000, 'held by ingest; others are loaded again when they return'),
  integer('window.itemsInMemory', 'items', 2, 16_000_000, 'held by ingest; others are loaded again when they return'),
  integer('learn.seed', 'a seed', 0, 4_294_967_295, 'of everything random in the learner'),
  integer('learn.blockSize', 'sequences', 1, 65_536, 'per training step'),
  integer('learn.batchesPerStep', 'mini-batches', 1, 64, 'per training step: the block itself, then replay'),
  integer('learn.hiddenSize', 'units', 1, 4_096, 'of the hidden layers'),
  integer('learn.shortSize', 'units', 1, 4_096, 'of the short interest state'),
  {
    path: 'learn.ensemble',
    unit: 'a name',
    about: 'of the rating policy under the networks',
    type: 'choice',
    of: ['lite', 'full'],
  },
  integer('learn.factors', 'factors', 1, 64, 'of the matrix factorisation'),
  integer('learn.history', 'events', 1, 10_000, 'remembered of each user and item; posteriors come from these'),
  integer('learn.neighbourPairs', 'pairs of items', 8, 134_217_728, 'whose likeness is remembered'),
  integer('learn.watchWeights', 'weights', 1_024, 134_217_728, 'of the logistic regression of watch rewards'),
  integer('learn.replayCapacity', 'transitions', 1, 16_000_000, 'kept in the replay buffer'),
  choice('learn.longInterest', ['rlstm', 'lstm', 'none'], "the long interest's cell: RLSTM, LSTM, or none"),
  choice(
    'learn.shortInterest',
    ['t-self-attention', 'self-attention', 'none'],
    'weights of its attention: growing with time, equal, or none',
  ),
  integer('learn.burnIn', 'records', 0, 99, 'of the window that only refresh the stored state in training'),
  choice('learn.loss', ['squared', 'huber', 'absolute'], "cost of the actor's error"),
  number('learn.learningRate', 'per step', 1e-9, 1, 'of the networks'),
  number('learn.weightDecay', 'per step', 0, 1_000, 'share of the learning rate by which weights shrink'),
  number('learn.gamma', 'a factor per step', 0, 0.9999, 'discount of the next reward'),
  number('learn.criticWeight', 'a weight', 0, 100, "of the critic's value in the actor's loss"),
  number('learn.targetRate', share, 1e-6, 1, 'by which the target networks follow, per step'),
  choice('learn.training', ['inline', 'worker'], 'where the learn process trains; the results are the same'),
  integer('learn.checkpointEvery', 'sequences', 1, 1_000_000_000, 'between checkpoints and between model versions'),
  integer('learn.checkpointsKept', 'checkpoints', 1, 100, 'kept on disk'),
  integer('learn.maxUsers', 'users', 1, 16_000_000, 'remembered; the least recently active is forgotten'),
  integer('learn.maxItems', 'items', 1, 16_000_000, 'remembered; the least recently active is forgotten'),
  number('learn.gateMargin', share, 0, 1, "of the champion's error by which a challenger must lead"),
  integer('learn.gateEvents', 'events', 1, 1_000_000_000, 'over which it must lead'),
  integer('recommend.length', 'items', 1, 200, 'in a list'),
  integer('recommend.candidates', 'items', 1, 100_000, 'scored for a list; at least recommend.length'),
  integer('recommend.everyMs', ms, 0, year, 'of event time between two lists of a user; 0 is a list at every event'),
  {
    path: 'recommend.exploration',
    unit: 'a name',
    about: 'how lists explore: some slots at random, or by tastes drawn from what is known of the user',
    type: 'choice',
    of: ['epsilon', 'thompson'],
  },
  number('recommend.epsilon', share, 0, 1, 'of the slots that explore'),
  choice('recommend.alternatives', ['yes', 'no'], 'whether lists say what agents of other arms would have shown first'),
  integer('recommend.coOccurrences', 'items', 4, 4_096, 'remembered of what goes with an item; 20 bytes each'),
  integer('recommend.recent', 'items', 5, 200, 'of a user that the ranker looks back at; 4 bytes each'),
  integer('recommend.learnEvery', 'picks', 1, 1_000_000, 'of which the ranker learns from one'),
  integer('recommend.easeItems', 'items', 0, 4_096, 'up to which EASE is a score of the ranker; 0 is none'),
  integer(
    'plan.exclude',
    'items',
    0,
    10_000,
    "the user's last ones, which agents do not show again, as far as the others fill a list",
  ),
  integer(
    'plan.vectorSize',
    'numbers',
    0,
    1_024,
    'in "#vector=" and "#taste=" tokens; 0 is what the learner has learned',
  ),
  integer('plan.profileSize', 'numbers', 0, 1_024, 'in "#profile=" tokens; 0 is what features hash to'),
  choice('guard.enabled', ['yes', 'no'], 'whether an arm that is surely worse than the best is taken out by itself'),
  number('guard.alpha', 'a chance', 1e-6, 0.5, 'that an arm is ever taken out that is not worse'),
  integer('guard.minUsers', 'users', 2, 1_000_000_000, 'of an arm, each followed to the end, before it is judged'),
  number('guard.days', 'days', 0.001, 3_650, "of event time over which a user's reward is counted"),
  cron('schedule.snapshot', 'when the warehouse is copied for people to query'),
  cron('schedule.checkpoint', 'when the learner is asked for a checkpoint'),
  cron('schedule.compaction', 'when the warehouse and the compacted topics are compacted'),
  cron('schedule.retention.cron', 'when old events move to Parquet'),
  integer('schedule.retention.olderThanDays', 'days', 1, 36_500, 'how old the events are that move'),
]

/** What is wrong with one value, as a sentence; null when it is allowed. An absent cron expression means never. */
export function settingProblem(setting: Setting, value: unknown): string | null {
  const say = (allowed: string) =>
    `The setting ${setting.path} (${setting.about}) must be ${allowed}, not ${JSON.stringify(value) ?? String(value)}.`
  switch (setting.type) {
    case 'integer':
    case 'number': {
      const fits =
        typeof value === 'number' &&
        value >= setting.min &&
        value <= setting.max &&
        (setting.type === 'number' || Number.isSafeInteger(value))
      const kind = setting.type === 'integer' ? 'a whole number' : 'a number'
      return fits ? null : say(`${kind} from ${setting.min} to ${setting.max} (${setting.unit})`)
    }
    case 'choice':
      return typeof value === 'string' && setting.of.includes(value) ? null : say(`one of ${setting.of.join(', ')}`)
    case 'cron':
      if (value === undefined) return null
      return typeof value === 'string' && validate(value) ? null : say('a cron expression such as "*/5 * * * *"')
  }
}

/** The first thing that is wrong with the settings of a definition, as a sentence; null when all are allowed. */
export function settingsProblem(definition: PipelineDefinition): string | null {
  for (const setting of settings) {
    const value = valueAt(definition, setting.path)
    if (value === undefined && setting.path.startsWith('schedule.retention') && !definition.schedule.retention) continue
    const problem = settingProblem(setting, value)
    if (problem !== null) return problem
  }
  const { recommend, schedule } = definition
  if (schedule.retention && schedule.retention.cron === undefined) {
    return 'The setting schedule.retention.cron must be given with schedule.retention.olderThanDays.'
  }
  if (recommend.candidates < recommend.length) {
    return `The setting recommend.candidates must be at least recommend.length (${recommend.length} items), not ${recommend.candidates}.`
  }
  return null
}

/**
 * A copy of a definition with some settings changed, as the command line's `--set path=value` does.
 *
 *     withSettings(movielens, { 'learn.seed': 7, 'recommend.length': '20', 'schedule.snapshot': 'never' })
 *
 * Numbers may be given as text, and arms as "myopic=0.5,ddpg-la=0.5" (see `armsFrom`). Functions, names and the source are
 * not settings. An unknown path or a value that is not allowed is CONFIG_INVALID.
 */
export function withSettings(
  definition: PipelineDefinition,
  changes: Readonly<Record<string, unknown>>,
): PipelineDefinition {
  let changed = definition
  for (const [path, given] of Object.entries(presentWords(changes, name => `setting ${name}`))) {
    if (path === 'arms') {
      changed = { ...changed, arms: armsFrom(changed, given) }
      continue
    }
    const setting = settings.find(each => each.path === path)
    if (setting === undefined) throw new RecstreamError('CONFIG_INVALID', unknownSetting(path))
    const value = fromText(setting, given)
    const problem = settingProblem(setting, value)
    if (problem !== null) throw new RecstreamError('CONFIG_INVALID', problem)
    changed = put(changed as unknown as Tree, path.split('.'), value) as unknown as PipelineDefinition
  }
  const problem = settingsProblem(changed)
  if (problem !== null) throw new RecstreamError('CONFIG_INVALID', problem)
  return changed
}

/** The known names that are nearest to a mistyped one, nearest first. */
export function nearest(name: string, known: readonly string[], count = 3): string[] {
  const last = name.split('.').at(-1) ?? name
  const distance = (each: string) =>
    Math.min(editDistance(name, each), 1 + editDistance(last, each.split('.').at(-1) ?? each))
  return known
    .map(each => ({ each, far: distance(each) }))
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, count)
    .map(({ each }) => each)
}

type Tree = { [key: string]: unknown }

function unknownSetting(path: string): string {
  const near = nearest(
    path,
    settings.map(each => each.path),
  )
  return `There is no setting "${path}"; the nearest are ${near.join(', ')}.`
}

function fromText(setting: Setting, given: unknown): unknown {
  if (setting.type === 'cron' && given === 'never') return undefined
  const isNumeral = typeof given === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given.replaceAll('_', ''))
  return isNumeral && 'min' in setting ? Number(given.replaceAll('_', '')) : given
}

function valueAt(definition: PipelineDefinition, path: string): unknown {
  let value: unknown = definition
  for (const key of path.split('.')) value = (value as Tree | undefined)?.[key]
  return value
}

function put(tree: Tree, [key, ...rest]: string[], value: unknown): Tree {
  if (key === undefined) return tree
  const copy = { ...tree }
  copy[key] = rest.length === 0 ? value : put((tree[key] ?? {}) as Tree, rest, value)
  if (copy[key] === undefined) delete copy[key]
  return copy
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
