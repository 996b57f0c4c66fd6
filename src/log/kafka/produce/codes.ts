import { createRequire } from 'node:module'

/** Kafka's error codes that a producer acts on. */
export const messageTooLarge = 10
export const unknownTopicOrPartition = 3
export const duplicateSequence = 46
export const invalidTransactionState = 48
export const unknownIdMapping = 49
export const invalidRecord = 87

/** Both say that one batch is more than its topic takes, in bytes or as a part of a segment. */
export const tooLarge = new Set([messageTooLarge, 18])

/** The coordinator is elsewhere, or moves. */
export const coordinatorMoved = new Set([15, 16, 52])

/** The coordinator will do it in a moment: it loads its log, ends a transaction, or waits for replicas. */
export const coordinatorBusy = new Set([...coordinatorMoved, 3, 7, 13, 14, 19, 20, 51])

/**
 * A partition takes the same batch in a moment, here or at its next leader: it was damaged on its way, the partition
 * moves, replicas are missing, or the leader cannot ask the transaction's coordinator now.
 */
export const partitionBusy = new Set([2, 3, 5, 6, 7, 9, 13, 14, 15, 16, 19, 20, 51, 56, 74, 75])

/** Newer ones than kafkajs knows. */
const newer: Record<number, string> = { 90: 'PRODUCER_FENCED', 120: 'TRANSACTION_ABORTABLE' }

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): Error & { type: string }
}

/** What a broker answered, as the error that kafkajs makes of it; `said` is what it had to say besides. */
export function answerError(code: number, said: string | null = null): Error & { type: string } {
  const error = createErrorFromCode(code)
  if (newer[code] !== undefined) error.type = newer[code]
  error.message = `${error.type}: ${said ?? error.message}`
  return error
}
