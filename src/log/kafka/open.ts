import { RecstreamError } from '../../errors.ts'
import type { Position, Producer, Reader, ReaderOptions } from '../log.ts'
import type { KafkaSettings } from './client.ts'
import type { Connection } from './connection.ts'
import { withCoordinator } from './coordinator.ts'
import { watchReader } from './held-back.ts'
import { takenOver } from './owner.ts'
import { claim, newerRun } from './ownership.ts'
import { openProducer } from './producer.ts'
import { openReader } from './reader.ts'
import { allowed, denialOf, type Right, read, write } from './rights.ts'

/** Before a producer is taken, how long is tried to write down by whom, ms. */
const claimWaitMs = 5_000

/** A reader whose errors name the right that it lacks, and that says what holds it back. */
export async function openAllowedReader(
  settings: KafkaSettings,
  connection: Connection,
  from: readonly Position[],
  options: ReaderOptions,
): Promise<Reader> {
  const rights = [read(from[0]?.topic ?? '')]
  const reader = await allowed(settings, rights, () => openReader(settings, from, options))
  const { onNotice } = settings
  const unwatch = onNotice === undefined ? () => {} : watchReader(connection, reader, from, onNotice)
  return {
    read: maxWaitMs => allowed(settings, rights, () => reader.read(maxWaitMs)),
    position: (topic, partition) => reader.position(topic, partition),
    caughtUp: () => allowed(settings, rights, () => reader.caughtUp()),
    async close() {
      unwatch()
      await reader.close()
    },
  }
}

/**
 * A producer whose errors name the right that it lacks and, where the log has an owner, the run that took it over.
 *
 * The name is written down before an older run is shut out: that one then finds it there.
 */
export async function openOwnedProducer(
  settings: KafkaSettings,
  connection: Connection,
  id: string,
  topics: readonly string[],
): Promise<Producer> {
  const rights: Right[] = [
    { operation: 'Write', resource: 'transactional-id', name: id },
    { operation: 'IdempotentWrite', resource: 'cluster' },
  ]
  const owner = settings.owner?.producer === id ? settings.owner : undefined
  const opening = allowed(settings, rights, async () => {
    if (owner !== undefined) await claimed(connection, owner)
    return openProducer(settings, id, topics)
  })
  const producer = await withCoordinator(connection, 'transaction', () => opening).catch(error => {
    void opening.then(late => late.close()).catch(() => {})
    throw error
  })
  return {
    async append(topic, records, appendOptions) {
      try {
        await allowed(settings, [...rights, write(topic)], () => producer.append(topic, records, appendOptions))
      } catch (error) {
        const fenced = error instanceof RecstreamError && error.code === 'PRODUCER_FENCED'
        const other = fenced && owner !== undefined ? await newerRun(connection, owner).catch(() => null) : null
        throw other === null ? error : takenOver(owner!, other)
      }
    },
    close: () => producer.close(),
  }
}

/** Without the right to it, or where the brokers keep no positions, the producer is ours all the same. */
async function claimed(connection: Connection, owner: NonNullable<KafkaSettings['owner']>): Promise<void> {
  try {
    await claim(connection, owner, claimWaitMs)
    owner.held = true
    owner.onHeld?.()
  } catch (error) {
    const unwritten = denialOf(error) !== null || (!owner.held && (error as RecstreamError).code === 'LOG_UNAVAILABLE')
    if (!unwritten) throw error
  }
}
