import type { LogRecord } from '../../log/log.ts'
import type { Forgotten } from '../../records/forgotten.ts'
import type { Collected, Collector, Tombstone } from '../collect/collect.ts'
import { quotedTexts } from './mentions.ts'

/** A record of an input topic, passed over where it is of somebody who was forgotten when it was there. */
export function passedOver<T extends { userId: string } | Tombstone>(
  collected: Collected<T>,
  forgotten: Forgotten,
): Collected<T> {
  if (forgotten.size === 0 || 'passedOver' in collected) return collected
  const { record } = collected
  const passes = (id: string) => forgotten.passesOver(id, record)
  const isTheirs =
    'value' in collected
      ? passes(idOf(collected.value))
      : (record.key !== null && passes(record.key.toString())) ||
        // As a dead letter it would name them again.
        (record.value !== null && forgotten.covers(record) && quotedTexts(record.value).some(passes))
  return isTheirs ? { record, passedOver: true } : collected
}

/** A collector that passes over the records of those who were forgotten. */
export function forgetful<T extends { userId: string } | Tombstone>(
  collector: Collector<T>,
  forgotten: Forgotten,
): Collector<T> {
  return {
    prepare: records => collector.prepare(records),
    lacks: record => collector.lacks(record),
    collect: (record: LogRecord) => passedOver(collector.collect(record), forgotten),
  }
}

function idOf(value: { userId: string } | Tombstone): string {
  return 'userId' in value ? value.userId : value.id
}
