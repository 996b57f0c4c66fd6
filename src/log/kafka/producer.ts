import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import { failpoint } from '../../failpoint.ts'
import type { AppendOptions, OutgoingRecord, Producer } from '../log.ts'
import type { KafkaSettings } from './client.ts'
import { kafkaError, noBroker } from './errors.ts'
import { Brokers } from './produce/brokers.ts'
import { answerError, messageTooLarge } from './produce/codes.ts'
import { cut } from './produce/cut.ts'
import { placementOf } from './produce/placement.ts'
import { sendAll } from './produce/send.ts'
import { Session } from './produce/session.ts'
import { startSession } from './produce/start-session.ts'

/** A batch stays below the broker's usual limit of 1 MiB, until a topic turns out to take less, bytes. */
const batchBytes = 900_000
const defaultAppendMs = 60_000
/** A transaction must not end by itself while its append still tries: that would look as if somebody had fenced us, ms. */
const timeoutAfterAppendMs = 10_000
const openWaitMs = 30_000
/** How long a failed append tries to find out how it ended, ms. */
const renewWaitMs = 60_000
/** How often it is looked whether brokers went away since the last append, ms. */
const settleEveryMs = 2_000

/**
 * A producer whose every append is one transaction. `topics`: those that it writes, in which it ends what a crash of brokers left
 * open of its predecessor.
 *
 * Caveat: an append that fails with LOG_UNAVAILABLE may have landed. No part of it can land any more, so read `newest`
 * to learn whether it did, before appending again.
 */
export async function openProducer(
  settings: KafkaSettings,
  id: string,
  topics: readonly string[] = [],
): Promise<Producer> {
  const appendMs = settings.appendMs ?? defaultAppendMs
  const session = new Session(new Brokers(settings), id, appendMs + timeoutAfterAppendMs)
  /** What each topic was found to take less than, bytes. */
  const limits = new Map<string, number>()
  const partitions = new Map<string, number>()
  let state: 'open' | 'broken' | 'closed' = 'open'
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  /** Do something over the session's connections, which are closed where it takes too long. */
  const within = async (ms: number, what: string, work: () => Promise<void>): Promise<void> => {
    const { brokers } = session
    const over = new AbortController()
    const limit = delay(ms, undefined, { signal: over.signal }).then(
      () => {
        settings.logger?.warn(
          { producer: id, trouble: brokers.trouble },
          `${what} is not answered; its connections are given up`,
        )
        brokers.close(unanswered(settings, what, brokers.trouble))
      },
      () => {},
    )
    try {
      await work()
    } finally {
      over.abort()
      await limit
    }
  }

  /** After a failure: end what is open, so that nothing of it lands any more, and say how it ended. */
  const settle = async (failure: RecstreamError): Promise<'committed' | RecstreamError> => {
    if (session.brokers.closed) session.brokers = new Brokers(settings)
    let ended = 'aborted'
    try {
      await within(renewWaitMs, 'the end of a transaction', async () => {
        ended = await session.renew()
      })
    } catch (thrown) {
      state = 'broken'
      const error = kafkaError(thrown, settings.brokers)
      if (error.code === 'PRODUCER_FENCED') return fenced(error)
    }
    return ended === 'committed' ? 'committed' : failure
  }

  /** Nobody may have taken over: the coordinator ends a transaction that was open for too long. */
  const fenced = (error: RecstreamError): RecstreamError => {
    state = 'broken'
    const told = session.mayHaveTimedOut ? unanswered(settings, 'an append', 'its transaction timed out') : error
    session.brokers.close(told)
    return told
  }

  const transact = async (topic: string, records: readonly OutgoingRecord[], options: AppendOptions): Promise<void> => {
    for (;;) {
      const placement = await placementOf(session.brokers, topic, partitions.get(topic))
      partitions.set(topic, placement.partitions)
      const { partitionsHeader } = options
      const common = partitionsHeader === undefined ? null : ([partitionsHeader, `${placement.partitions}`] as const)
      const { cuts, sizes } = cut(topic, records, placement.partitions, limits.get(topic) ?? batchBytes, common)
      await session.add(
        topic,
        cuts.map(({ partition }) => partition),
      )
      const tooMuch = await sendAll(session, { topic, records, sizes, cuts, common }, placement)
      if (tooMuch === null) break
      if (tooMuch.records === 1) throw answerError(messageTooLarge)
      limits.set(topic, Math.min(limits.get(topic) ?? batchBytes, tooMuch.bytes) / 2)
      await session.renew()
    }
    failpoint('append.before')
    await session.commit()
    failpoint('append.after')
  }

  try {
    await within(openWaitMs, 'a producer', () => startSession(session, topics))
  } catch (thrown) {
    session.brokers.close(unanswered(settings, 'a producer', null))
    if ((thrown as { type?: string }).type === 'INVALID_TRANSACTION_TIMEOUT') {
      const atLeast = appendMs + timeoutAfterAppendMs
      throw new RecstreamError(
        'LOG_MISCONFIGURED',
        `Kafka at ${settings.brokers.join(', ')} allows no transaction of ${atLeast / 1000} s; set transaction.max.timeout.ms to ${atLeast} at least.`,
      )
    }
    throw kafkaError(thrown, settings.brokers)
  }

  /** Whoever reads must not wait for our next append to read the last one. */
  const settling = setInterval(() => {
    void inTurn(async () => {
      if (state === 'open') await within(appendMs, 'the end of a transaction', () => session.settle()).catch(() => {})
    })
  }, settleEveryMs)
  settling.unref()

  const append: Producer['append'] = async (topic, records, options = {}) => {
    if (state !== 'open') throw notOpen(id, state)
    if (session.brokers.closed) session.brokers = new Brokers(settings)
    try {
      await within(appendMs, 'an append', () => transact(topic, records, options))
    } catch (thrown) {
      const error = kafkaError(thrown, settings.brokers, topic)
      if (error.code === 'PRODUCER_FENCED') throw fenced(error)
      if (state !== 'open' || !(session.inTransaction || session.brokers.closed)) throw error
      const ended = await settle(error)
      if (ended !== 'committed') throw ended
    }
  }

  return {
    async append(topic, records, options) {
      if (records.length > 0) await inTurn(() => append(topic, records, options))
    },
    async close() {
      if (state === 'closed') return
      state = 'closed'
      clearInterval(settling)
      session.brokers.close(notOpen(id, 'closed'))
    },
  }
}

function unanswered({ brokers }: KafkaSettings, what: string, trouble: string | null): RecstreamError {
  const nobody = noBroker(brokers)
  // Where nobody answers anything, that is what there is to say, in the words of all who wait for it.
  if (trouble === nobody.message) return nobody
  const why = trouble === null ? '' : ` (${trouble.replace(/\.$/, '')})`
  return new RecstreamError('LOG_UNAVAILABLE', `Kafka at ${brokers.join(', ')} does not answer ${what}${why}.`)
}

function notOpen(id: string, state: string): RecstreamError {
  return new RecstreamError(
    'LOG_UNAVAILABLE',
    `The producer "${id}" is ${state}; open a new one and read the newest records first.`,
  )
}
