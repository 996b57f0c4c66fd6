import { settingsOf, topicRules } from '../../../src/log/kafka/topic-rules.ts'
import { settingFaults } from '../../../src/log/kafka/topic-states.ts'
import { sharedFaults } from '../../../src/log/topic-faults.ts'
import { topicSpecs } from '../../../src/records/topics.ts'
import { cell } from './settings.ts'

const replicas = 3

const asText = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings).map(([name, value]) => `\`${name}=${value}\``)
const onAll = topicSpecs('', 0)
  .map(spec => asText(settingsOf(spec)))
  .reduce((all, each) => all.filter(text => each.includes(text)))

/** Values that people, or a broker's defaults, give to topics; every setting that is looked at is among them. */
const values: readonly (readonly [setting: string, value: string, also?: Record<string, string>])[] = [
  ['cleanup.policy', 'compact'],
  ['cleanup.policy', 'delete'],
  ['cleanup.policy', 'compact,delete', { 'retention.ms': '604800000' }],
  ['retention.ms', '604800000'],
  ['retention.bytes', '1073741824'],
  ['max.message.bytes', '1048588'],
  ['message.timestamp.type', 'LogAppendTime'],
  ['message.timestamp.before.max.ms', '604800000'],
  ['message.timestamp.after.max.ms', '3600000'],
  ['message.timestamp.difference.max.ms', '604800000'],
  ['min.insync.replicas', '4'],
  ['min.insync.replicas', '1'],
  ['unclean.leader.election.enable', 'true'],
  ['message.format.version', '0.10.2'],
  ['delete.retention.ms', '3600000'],
]

/** The page of topics and their settings: what a new one gets, and what is said of other values. */
export function topicsPage(): string {
  return `# Settings of topics

The pipeline makes topics that are missing, with the settings of the first table. Topics that are there are looked at whenever it starts, and by
\`npx recstream topics\` and \`npx recstream doctor --brokers …\`: some values are refused, others told of, each with the command that mends it.
What the tables do not name (compaction lags, segments, compression) may be as you like.

## What a new topic gets

As many copies and in-sync copies as the cluster's default says; ${onAll.join(', ')}; and:

| Topic | Partitions | Settings |
|---|---|---|
${topicSpecs('', 0)
  .map(spec => {
    const { name, partitions, exact } = spec
    const number = partitions === 0 ? '`<n>` or more' : exact ? `exactly ${partitions}` : `${partitions} or more`
    const settings = asText(settingsOf(spec)).filter(each => !onAll.includes(each))
    return `| \`${role(name)}\` | ${number} | ${settings.join(', ')} |`
  })
  .join('\n')}

\`<n>\` is the pipeline's setting \`partitions\`. 9223372036854775807 is the largest number that Kafka has: no limit. Brokers before 3.6 have \`message.timestamp.difference.max.ms\` in place of
the two limits of time; what a broker does not know is left out.

## What is said of other values

Refused: records would be lost, left unread or not be taken, so nothing runs before it is mended. Told: a notice at the start and a warning
in \`doctor\`, since it may be meant. With a replication factor of ${replicas}:

| Value | | On | Because | Mended by |
|---|---|---|---|---|
${values.flatMap(rowsOf).join('\n')}

Also: fewer partitions than the pipeline says, or more than exactly one, are refused. A topic with one copy on a cluster of several brokers is told
of. A topic whose settings may not be read (no right \`DescribeConfigs\`) is told of too.

With the setting \`topicRetention=any\` it is yours how long \`behaviour-events\`, \`recommendations\` and \`dead-letters\` keep their records: a
rebuild then reaches back no further than they do.
`
}

const role = (topic: string) => topic.slice(1)

function rowsOf([setting, value, also = {}]: (typeof values)[number]): string[] {
  const faults = topicSpecs('', 1).flatMap(spec => {
    const settings = { ...settingsOf(spec), ...also, [setting]: value }
    return settingFaults(spec, { replicas, settings }).filter(fault => fault.setting === setting)
  })
  if (faults.length === 0) throw new Error(`Nothing is said of ${setting}=${value}.`)
  const beside = asText(also).map(text => ` with ${text}`)
  return sharedFaults(faults).map(same => {
    const [{ refused, why, wanted }] = same as [(typeof faults)[number]]
    const topics =
      same.length === topicSpecs('', 1).length ? 'all' : same.map(({ topic }) => `\`${role(topic)}\``).join(', ')
    const said = refused ? 'refused' : 'told'
    return `| \`${setting}=${value}\`${beside.join('')} | ${said} | ${topics} | ${cell(why)} | \`${setting}=${wanted}\` |`
  })
}

/** A rule that no value shows would be missing on the page. */
export const unshownRules = topicRules
  .map(({ setting }) => setting)
  .filter(setting => !values.some(([shown]) => shown === setting))
