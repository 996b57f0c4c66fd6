import type { TopicFault, TopicSpec } from '../log.ts'
import { settingsOf } from './topic-rules.ts'

// Commands of Kafka's own tools, for people to run. A topic's name needs no quotes: it has letters, digits, dots and dashes.

export interface CommandOptions {
  brokers: readonly string[]
  /** Copies of each partition; the cluster's default when absent. */
  replicas?: number
  /** A file that says how Kafka's tools log in. */
  commandConfig?: string
  /** Settings that the broker does not know. */
  unknown?: ReadonlySet<string>
}

/** What makes a topic where it is missing. */
export function createCommand(spec: TopicSpec, options: CommandOptions): string {
  const { replicas, unknown } = options
  const settings = Object.entries(settingsOf(spec, unknown)).map(([name, value]) => `--config ${name}=${value}`)
  return [
    `kafka-topics ${access(options)} --create --if-not-exists --topic ${spec.name} --partitions ${spec.partitions}`,
    ...(replicas === undefined ? [] : [`--replication-factor ${replicas}`]),
    ...settings,
  ].join(' ')
}

/** What gives a topic that is there the settings of a new one, but for a retention that is its owner's to decide. */
export function settingsCommand(spec: TopicSpec, options: CommandOptions): string {
  const settings = Object.entries(settingsOf(spec, options.unknown))
  const owners = !spec.compacted && spec.whole === undefined
  const asked = settings.filter(([name]) => !(owners && name.startsWith('retention.')))
  return alterCommand(options, spec.name, Object.fromEntries(asked))
}

/** What mends the faults: a command for each topic whose settings are wrong and that need not be made anew, then the others. */
export function mendCommands(brokers: readonly string[], faults: readonly TopicFault[]): string[] {
  const settings = new Map<string, Record<string, string>>()
  const others = new Set<string>()
  const anew = new Set(faults.filter(isTooMany).map(({ topic }) => topic))
  for (const { topic, setting, wanted, command } of faults) {
    if (command === undefined && anew.has(topic)) continue
    if (command === undefined) settings.set(topic, { ...settings.get(topic), [setting]: wanted })
    else others.add(command)
  }
  return [...Array.from(settings, ([topic, wanted]) => alterCommand({ brokers }, topic, wanted)), ...others]
}

const isTooMany = ({ setting, value, wanted }: TopicFault) => setting === 'partitions' && Number(value) > Number(wanted)

export function morePartitionsCommand(brokers: readonly string[], topic: string, partitions: number): string {
  return `kafka-topics ${access({ brokers })} --alter --topic ${topic} --partitions ${partitions}`
}

export function deleteCommand(brokers: readonly string[], topic: string): string {
  return `kafka-topics ${access({ brokers })} --delete --topic ${topic}`
}

export function moreReplicasCommand(
  brokers: readonly string[],
  topic: string,
  partitions: readonly { topic: string; partition: number; replicas: readonly number[] }[],
): string {
  const file = `${topic}.json`
  const plan = JSON.stringify({ version: 1, partitions })
  const tool = `kafka-reassign-partitions ${access({ brokers })} --reassignment-json-file ${file} --execute`
  return `echo '${plan}' > ${file} && ${tool}`
}

function alterCommand(options: CommandOptions, topic: string, settings: Readonly<Record<string, string>>): string {
  const list = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return `kafka-configs ${access(options)} --alter --entity-type topics --entity-name ${topic} --add-config ${list.join(',')}`
}

function access({ brokers, commandConfig }: CommandOptions): string {
  const login = commandConfig === undefined ? '' : ` --command-config ${commandConfig}`
  return `--bootstrap-server ${brokers.join(',')}${login}`
}
