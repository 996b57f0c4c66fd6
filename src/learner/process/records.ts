import { encodeBlockOrder } from '../../codec/block-order.ts'
import { type Encoding, encodeModelVersion, encodeRecommendation } from '../../codec/output.ts'
import type { OutgoingRecord } from '../../log/log.ts'
import { besideHeader } from '../../log/published.ts'
import type { BlockOrder, OrderReached } from '../../records/block-order.ts'
import type { Command } from '../../records/command.ts'
import type { SequenceTrace } from '../../records/interest-block.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import { isFirstList, type Recommendation } from '../../records/recommendation.ts'
import { childOf, traceHeaders } from '../../records/trace.ts'

/** Header with a row number: of a recommendation the one that gave rise to it, on model-versions and block-order how far the learner had come. */
export const sequenceHeader = 'recstream-sequence'
/** Header of a model version with its number. */
export const versionHeader = 'recstream-version'

/** A list as a record: in a span of its own where it has a trace, by its id the same in every replay. */
export function listRecord({ trace, ...list }: Recommendation, encoding: Encoding): OutgoingRecord {
  const traced = trace === undefined ? {} : traceHeaders(childOf(trace, list.recommendationId))
  return {
    key: list.userId,
    timestamp: list.time,
    value: encodeRecommendation(list, encoding),
    headers: { [sequenceHeader]: String(list.sequence), ...traced },
  }
}

/** A list that a follower was asked for, as a record: it says which follower made it, and nothing of how far the leader has come. */
export function besideRecord(list: Recommendation, encoding: Encoding, follower: string): OutgoingRecord {
  const record = listRecord(list, encoding)
  const { [sequenceHeader]: _, ...headers } = record.headers ?? {}
  return { ...record, headers: { ...headers, [besideHeader]: follower } }
}

/** Lists with the traces of the events that gave rise to them; a list for somebody else, made at that moment, has none. */
export function traced(lists: readonly Recommendation[], traces: readonly SequenceTrace[]): readonly Recommendation[] {
  if (traces.length === 0) return lists
  const bySequence = new Map(traces.map(({ sequence, parent, state }) => [sequence, { parent, state }]))
  return lists.map(list => {
    const trace = isFirstList(list.recommendationId) ? undefined : bySequence.get(list.sequence)
    return trace === undefined ? list : { ...list, trace }
  })
}

export function versionRecord(version: ModelVersion, encoding: Encoding): OutgoingRecord {
  return {
    key: version.learner,
    partition: 0,
    timestamp: 0,
    value: encodeModelVersion(version, encoding),
    headers: { [versionHeader]: String(version.version), [sequenceHeader]: String(version.sequence) },
  }
}

/** Says how far the learner has come where no list and no version does: a record without a value, beside the versions. */
export function reachRecord(learner: string, { row, version }: { row: number; version: number }): OutgoingRecord {
  return {
    key: `${learner}.reached`,
    partition: 0,
    timestamp: 0,
    value: null,
    headers: { [versionHeader]: String(version), [sequenceHeader]: String(row) },
  }
}

/** An order of blocks as a record: it says how far the learner comes with them. */
export function blockOrderRecord(order: BlockOrder, { row }: Pick<OrderReached, 'row'>): OutgoingRecord {
  return {
    ...{ key: null, partition: 0, timestamp: 0, value: encodeBlockOrder(order) },
    headers: { [sequenceHeader]: String(row) },
  }
}

/** Shares as people read them: "myopic 25%, ddpg-la 75%". */
export function sharesText({ shares }: Command): string {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0)
  return Object.entries(shares)
    .map(([arm, share]) => `${arm} ${Math.round((1000 * share) / total) / 10}%`)
    .join(', ')
}

/** What people are told of a command that was taken in; null where that is nothing. */
export function takenText({ command, followed }: { command: Command; followed: boolean }): string | null {
  if (!followed) return `The command ${command.kind} was not followed. ${command.reason}`
  // Logins are too many to be told of one by one; whoever is forgotten is told by whoever asked.
  if (command.kind === 'merge' || command.kind === 'forget') return null
  const what = command.kind === 'weights' ? command.reason : `${sharesText(command)}.`
  return `The command ${command.kind} holds from event ${command.appliedAt} on: ${what}`
}
