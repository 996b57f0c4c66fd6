import type { TopicSpec } from '../log.ts'

/** What is known of a topic beside the setting that is looked at. */
export interface TopicFacts {
  /** Copies of each partition. */
  replicas: number
  /** Values of its settings, the broker's defaults among them. */
  settings: Readonly<Record<string, string>>
}

export interface Verdict {
  refused: boolean
  /** What comes of it, without a full stop. */
  why: string
  /** What it should be, where that is not what a new topic gets. */
  wanted?: string
}

/** A setting of topics: what a new topic gets, and what is wrong with other values. */
export interface TopicRule {
  setting: string
  /** Undefined: as the cluster's administrator decided. */
  wanted(spec: TopicSpec): string | undefined
  /** Null: nothing is wrong. */
  judge(value: string, spec: TopicSpec, facts: TopicFacts): Verdict | null
}

/** Java's largest long: no limit. What is too far in the future is a dead letter, and that is decided by cleaning. */
const noLimit = '9223372036854775807'
const forever = '-1'
const dayMs = 86_400_000

const refused = (why: string): Verdict => ({ refused: true, why })
const warned = (why: string): Verdict => ({ refused: false, why })

const policies = (value: string) => value.split(',').map(policy => policy.trim())
const removes = ({ settings }: TopicFacts) => policies(settings['cleanup.policy'] ?? 'delete').includes('delete')

const decidedThere = () => undefined

/** What is asked of topics. Creating, comparing, the printed commands and the page of topics all come from here. */
export const topicRules: readonly TopicRule[] = [
  {
    setting: 'cleanup.policy',
    wanted: ({ compacted }) => (compacted ? 'compact' : 'delete'),
    judge(value, { compacted }, { settings }) {
      const has = policies(value)
      if (!compacted) {
        return has.includes('compact') ? refused('all but the newest record of each key would be removed') : null
      }
      const limits = ['retention.ms', 'retention.bytes'].filter(name => (settings[name] ?? forever) !== forever)
      if (has.includes('delete') && limits.length > 0) {
        return refused(
          `what still holds would be removed by ${limits.map(name => `${name}=${settings[name]}`).join(', ')}`,
        )
      }
      return has.includes('compact') ? null : warned('what was replaced is kept for ever, and read again at a rebuild')
    },
  },
  {
    // Record times are event times, years old in a replay: a limit in days would remove them at once.
    setting: 'retention.ms',
    wanted: ({ retentionMs }) => (retentionMs === undefined ? forever : String(retentionMs)),
    judge(value, spec, facts) {
      const enough = value === forever || Number(value) >= (spec.retentionMs ?? Number.POSITIVE_INFINITY)
      if (enough || spec.compacted || spec.whole === undefined || !removes(facts)) return null
      return refused(`records go ${span(Number(value))} after their own time, imported ones at once; ${spec.whole}`)
    },
  },
  {
    setting: 'retention.bytes',
    wanted: () => forever,
    judge(value, spec, facts) {
      if (value === forever || spec.compacted || spec.whole === undefined || !removes(facts)) return null
      return refused(`the oldest records go; ${spec.whole}`)
    },
  },
  {
    setting: 'max.message.bytes',
    wanted: ({ maxMessageBytes }) => (maxMessageBytes === undefined ? undefined : String(maxMessageBytes)),
    judge(value, { maxMessageBytes = 0 }) {
      return Number(value) >= maxMessageBytes ? null : refused('a large record would be refused, and nothing goes on')
    },
  },
  {
    setting: 'message.timestamp.type',
    wanted: () => 'CreateTime',
    judge: value =>
      value === 'CreateTime' ? null : warned('records get the time at which the broker took them, imported ones too'),
  },
  {
    setting: 'message.timestamp.before.max.ms',
    wanted: () => noLimit,
    judge: (value, spec) => limitOfTime(value, spec, 'records of events long past would be refused'),
  },
  {
    setting: 'message.timestamp.after.max.ms',
    wanted: () => noLimit,
    // On topics that others write, a limit is a help: Kafka 4 has one of an hour.
    judge: (value, spec) =>
      spec.anyTime
        ? limitOfTime(value, spec, 'a record whose time is wrong would be refused, and nothing goes on')
        : null,
  },
  {
    // What both were called in one before Kafka 3.6; gone in 4.0.
    setting: 'message.timestamp.difference.max.ms',
    wanted: decidedThere,
    judge(value, spec) {
      const verdict = limitOfTime(value, spec, 'records of events long past would be refused')
      return verdict && { ...verdict, wanted: noLimit }
    },
  },
  {
    setting: 'min.insync.replicas',
    wanted: decidedThere,
    judge(value, _, { replicas }) {
      if (Number(value) > replicas) {
        return {
          ...refused(`nothing can be written with ${replicas} of them`),
          wanted: String(Math.max(1, replicas - 1)),
        }
      }
      if (Number(value) > 1 || replicas < 3) return null
      return { ...warned('what one broker alone acknowledged is lost with it'), wanted: '2' }
    },
  },
  {
    setting: 'unclean.leader.election.enable',
    wanted: decidedThere,
    judge: value =>
      value === 'true'
        ? { ...warned('a broker that lags may take over, and what it lacks is lost'), wanted: 'false' }
        : null,
  },
  {
    setting: 'message.format.version',
    wanted: decidedThere,
    judge(value) {
      const [major = 0, minor = 0] = value.split('.').map(Number)
      if (major > 0 || minor >= 11) return null
      return { ...refused('it has neither headers nor transactions'), wanted: '2.4' }
    },
  },
  {
    setting: 'delete.retention.ms',
    wanted: decidedThere,
    judge(value, { compacted, anyTime }) {
      // Nothing is ever deleted on those that are written here.
      if (!compacted || anyTime || Number(value) >= dayMs) return null
      return {
        ...warned(`a pipeline that stands still for ${span(Number(value))} may never learn that something was deleted`),
        wanted: String(dayMs),
      }
    },
  },
]

/** Before Kafka 3.6 the limits of time had one name. */
const formerSetting: Readonly<Record<string, string>> = {
  'message.timestamp.before.max.ms': 'message.timestamp.difference.max.ms',
  'message.timestamp.after.max.ms': 'message.timestamp.difference.max.ms',
}

/** What brokers before 3.6 do not know. */
export const newerSettings: ReadonlySet<string> = new Set(Object.keys(formerSetting))

/** Settings that a topic is created with, but for those that its broker does not know. */
export function settingsOf(spec: TopicSpec, unknown: ReadonlySet<string> = new Set()): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const { setting, wanted } of topicRules) {
    const value = wanted(spec)
    const name = unknown.has(setting) ? formerSetting[setting] : setting
    if (value !== undefined && name !== undefined && !unknown.has(name)) settings[name] = value
  }
  return settings
}

function limitOfTime(value: string, { anyTime = false }: TopicSpec, why: string): Verdict | null {
  return value === noLimit ? null : { refused: anyTime, why }
}

/** "7 days", "3 hours" or "90,000 ms". */
function span(ms: number): string {
  const [unit, name] = ms % dayMs === 0 ? [dayMs, 'day'] : ms % 3_600_000 === 0 ? [3_600_000, 'hour'] : [1, 'ms']
  const amount = ms / unit
  const text = `${amount.toLocaleString('en-GB')} ${name}`
  return amount === 1 || unit === 1 ? text : `${text}s`
}
