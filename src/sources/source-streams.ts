import { encodeEvent, encodeItem, encodeProfile, inputEncodings } from '../codec/input.ts'
import { RecstreamError } from '../errors.ts'
import type { OutgoingRecord } from '../log/log.ts'
import { datedHeader } from '../records/beginning.ts'
import { checkEvent } from '../records/checks/event.ts'
import { checkProfile } from '../records/checks/profile.ts'
import { checkSourceItem } from '../records/checks/source-item.ts'
import { whatIs } from '../records/checks/unfit.ts'
import type { BehaviourEvent, PipelineDefinition, SourceItem, UserProfile } from '../records/definition.ts'
import { Rejection } from '../records/rejection.ts'
import { topicsOf } from '../records/topics.ts'
import type { OpenSource, SourceRole } from './open-source.ts'
import { sourceFailed } from './source-failed.ts'

/** The rows of one kind that a source holds, and what each is as a record of its topic. */
export interface SourceStream<Row> {
  role: SourceRole
  topic: string
  rows: () => AsyncIterable<unknown> | Iterable<unknown>
  /** A row (its number from 1), as ingest would take it; SOURCE_INVALID names the field that it would refuse. */
  check: (row: unknown, number: number) => Row
  encode: (row: Row) => OutgoingRecord
}

/**
 * What a source holds, in the order in which it is written.
 *
 * Events have their own time as timestamp, and so have items that say one; the other items and profiles have the pipeline's
 * epoch, which makes them older than any event.
 */
export function sourceStreams(
  definition: PipelineDefinition,
  source: OpenSource,
): { profiles: SourceStream<UserProfile>; items: SourceStream<SourceItem>; events: SourceStream<BehaviourEvent> } {
  const { name, epoch } = definition
  const encodings = inputEncodings(definition)
  const topics = topicsOf(name)
  const stream = <Row>(
    role: SourceRole,
    topic: string,
    check: (row: object) => Row | Rejection,
    encode: (row: Row) => OutgoingRecord,
  ): SourceStream<Row> => ({
    ...{ role, topic, encode, rows: () => source.rows(role) },
    check(row, number) {
      const isObject = typeof row === 'object' && row !== null && !Array.isArray(row)
      let checked: Row | Rejection
      try {
        checked = isObject ? check(row) : new Rejection('invalid', `it must be an object, not ${whatIs(row)}.`)
      } catch (error) {
        // A field may be a getter, which is code of the module's.
        throw sourceFailed(name, `${role}, row ${number}`, error)
      }
      if (!(checked instanceof Rejection)) return checked
      const place = `Row ${number} of ${source.name} (${role.slice(0, -1)})`
      throw new RecstreamError('SOURCE_INVALID', `${place}: ${checked.message}`)
    },
  })
  return {
    profiles: stream('profiles', topics.userProfiles, checkProfile, row => ({
      ...{ key: row.userId, timestamp: epoch, value: encodeProfile(row, encodings.profile) },
    })),
    items: stream('items', topics.items, checkSourceItem, ({ time, deleted, ...item }) => ({
      ...{ key: item.itemId, timestamp: time ?? epoch },
      ...(time === undefined ? {} : { headers: { [datedHeader]: '1' } }),
      value: deleted === true ? null : encodeItem(item, encodings.item),
    })),
    events: stream('events', topics.behaviourEvents, checkEvent, row => ({
      ...{ key: row.userId, timestamp: row.time, value: encodeEvent(row, encodings.event) },
    })),
  }
}
