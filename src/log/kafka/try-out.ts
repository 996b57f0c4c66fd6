import type { RecstreamError } from '../../errors.ts'
import { addressOf, brokersFrom, partsOf } from './addresses.ts'
import { askBroker } from './ask-broker.ts'
import { brokerVersion } from './broker-version.ts'
import { createBroker, type KafkaSettings, type SingleBroker } from './client.ts'
import { Connection, parted } from './connection.ts'
import { coordinatorOf, withCoordinator } from './coordinator.ts'
import { createTopics } from './create-topics.ts'
import { kafkaError } from './errors.ts'
import { probe } from './fetch.ts'
import { fetchError } from './fetch-error.ts'
import { tell } from './groups.ts'
import { leaderOf, ranges } from './offsets.ts'
import { Brokers } from './produce/brokers.ts'
import { answerError } from './produce/codes.ts'
import { endTransactionRequest } from './produce/requests.ts'
import { Session } from './produce/session.ts'
import { allowed, denialOf, describe, type Right, read, write } from './rights.ts'

/** Something that was tried with the brokers, and how it went. */
export interface Attempt {
  tried: 'connect' | 'version' | 'advertised' | 'describe' | 'create' | 'transaction' | 'produce' | 'fetch' | 'commit'
  /** What went well, or what was tried; names what it is about. */
  said: string
  ms: number
  /** null where it went well. */
  error: RecstreamError | null
}

/** What a pipeline needs of the brokers. */
export interface Needs {
  pipeline: string
  topics: readonly string[]
  /** Ids under which its processes write. */
  producers: readonly string[]
  groups: readonly string[]
}

/** A transaction that does not come about in this time is given up, ms. */
const transactionWaitMs = 15_000
const timeoutMs = 10_000
/** An answer to a question that has none is as good as any: who asked had the right to. */
const invalidProducerIdMapping = 49
const harmless = new Set([invalidProducerIdMapping, 22, 47, 48, 59])

/**
 * Try everything that a pipeline does with its brokers, one after another, leaving nothing behind: no topic, record or
 * position. A transaction is begun over the topics that are there and aborted, which costs each an offset that no
 * consumer sees; it has an id of its own, as the pipeline's would shut out a run that is at work.
 *
 *     for await (const { tried, said, error } of tryOut({ brokers: ['127.0.0.1:9092'] }, [])) console.log(tried, said, error)
 *
 * `needs`: what each of some pipelines needs; without any, what can be tried all the same.
 */
export async function* tryOut(given: KafkaSettings, needs: readonly Needs[]): AsyncGenerator<Attempt> {
  const settings = { ...given, brokers: brokersFrom(given.brokers) }
  const { brokers } = settings
  let versions: SingleBroker['versions'] = null
  for (const address of brokers) {
    yield await attempt({ ...settings, brokers: [address] }, 'connect', address, async () => {
      const takes = await link(settings, address)
      versions ??= takes
      return `${address} answers`
    })
  }
  if (versions === null) return
  yield fine('version', `Kafka ${brokerVersion(versions)}`)

  const connection = new Connection(settings)
  try {
    let reached = false
    for await (const advertised of tryAdvertised(settings, connection)) {
      reached ||= advertised.error === null
      yield advertised
    }
    if (!reached) return
    if (needs.length === 0) yield* tryTransaction(settings, connection, null, [])
    for (const each of needs) {
      const there: string[] = []
      yield* tryTopics(settings, connection, each, there)
      yield* tryTransaction(settings, connection, each, there)
      yield* tryFetch(settings, connection, each, there)
      yield* tryCommit(settings, connection, each)
    }
  } finally {
    await connection.close()
  }
}

/** Each broker by the address that it names itself. */
async function* tryAdvertised(settings: KafkaSettings, connection: Connection): AsyncGenerator<Attempt> {
  let nodes: { nodeId: number; host: string; port: number }[] = []
  const asked = await attempt(settings, 'advertised', 'the list of brokers', async () => {
    await connection.once([], async cluster => {
      nodes = cluster.brokerPool.metadata?.brokers ?? []
    })
    return ''
  })
  if (asked.error !== null) yield asked
  const all = nodes.map(({ nodeId, host, port }) => {
    const address = addressOf(host, port)
    return attempt(settings, 'advertised', address, async () => {
      await link(settings, address)
      return `broker ${nodeId} is reached at ${address}`
    })
  })
  for (const each of all) yield await each
}

/** The topics are seen, or could be made; `there` gets those that are. */
async function* tryTopics(
  settings: KafkaSettings,
  connection: Connection,
  { pipeline, topics }: Needs,
  there: string[],
): AsyncGenerator<Attempt> {
  const missing: string[] = []
  for (const topic of topics) {
    const seen = await attempt(settings, 'describe', topic, async () => {
      try {
        await allowed(settings, [describe(topic)], () => ranges(connection, topic))
        there.push(topic)
      } catch (error) {
        if ((error as RecstreamError).code !== 'TOPIC_UNKNOWN') throw error
        missing.push(topic)
      }
      return topic
    })
    if (seen.error !== null) yield seen
  }
  if (there.length > 0) yield fine('describe', `${count(there.length, 'topic')} of ${pipeline} can be seen`)
  if (missing.length === 0) return
  yield await attempt(settings, 'create', missing.join(', '), async () => {
    const wanted = missing.map(name => ({ name, partitions: 1 }))
    await createTopics(settings, connection, wanted, { validateOnly: true })
    return `${count(missing.length, 'topic')} of ${pipeline} could be made; none was`
  })
}

/** A transaction over all topics, aborted; and whether the pipeline's own ids may be used, without using them. */
async function* tryTransaction(
  settings: KafkaSettings,
  connection: Connection,
  needs: Needs | null,
  there: readonly string[],
): AsyncGenerator<Attempt> {
  for (const id of needs?.producers ?? []) {
    const right: Right = { operation: 'Write', resource: 'transactional-id', name: id }
    const asked = await attempt(settings, 'transaction', id, () =>
      allowed(settings, [right], () =>
        withCoordinator(connection, 'transaction', () =>
          connection.ask([], async cluster => {
            const coordinator = await coordinatorOf(cluster, 'transaction', id)
            const nobody = { producerId: -1, epoch: -1 }
            const { error } = await askBroker(coordinator, endTransactionRequest(id, nobody, false))
            if (error !== 0 && !harmless.has(error)) throw answerError(error)
            return `the id ${id} may be used`
          }),
        ),
      ),
    )
    yield asked
    if (asked.error !== null && denialOf(asked.error) === null && asked.error.code !== 'LOG_FORBIDDEN') return
  }
  const id = needs === null ? 'recstream-doctor' : `${needs.pipeline}.doctor`
  const rights: Right[] = [
    { operation: 'Write', resource: 'transactional-id', name: id },
    { operation: 'IdempotentWrite', resource: 'cluster' },
  ]
  const told = (thrown: unknown): never => {
    throw kafkaError(thrown, settings.brokers)
  }
  const links = new Brokers(settings)
  const session = new Session(links, id, timeoutMs)
  const limit = setTimeout(
    () => links.close(kafkaError(new Error(links.trouble ?? 'no answer'), settings.brokers)),
    transactionWaitMs,
  )
  try {
    const begun = await attempt(settings, 'transaction', id, () =>
      allowed(settings, rights, async () => {
        await withCoordinator(connection, 'transaction', () => session.start().catch(told))
        return `begun and aborted under the id ${id}`
      }),
    )
    if (begun.error !== null) return yield begun
    const written: string[] = []
    for (const topic of there) {
      const added = await attempt(settings, 'produce', topic, () =>
        allowed(settings, [...rights, write(topic)], async () => {
          await session.add(topic, [0]).catch(told)
          written.push(topic)
          return topic
        }),
      )
      if (added.error !== null) yield added
    }
    const ended = await attempt(settings, 'transaction', id, async () => {
      if (session.inTransaction) await session.renew()
      return begun.said
    })
    yield { ...ended, ms: begun.ms + ended.ms }
    if (needs === null || written.length === 0) return
    yield fine('produce', `${count(written.length, 'topic')} of ${needs.pipeline} may be written to; no record was`)
  } finally {
    clearTimeout(limit)
    links.close(new Error('Tried.'))
  }
}

async function* tryFetch(
  settings: KafkaSettings,
  connection: Connection,
  { pipeline }: Needs,
  there: readonly string[],
): AsyncGenerator<Attempt> {
  let readable = 0
  for (const topic of there) {
    const fetched = await attempt(settings, 'fetch', topic, () =>
      allowed(settings, [read(topic)], async () => {
        const [{ end } = { end: 0 }] = await ranges(connection, topic)
        await connection.ask([topic], async cluster => {
          const answer = await probe(await leaderOf(cluster, topic, 0), { topic, partition: 0, offset: end })
          if (answer !== undefined && answer.error !== 0) throw fetchError(answer.error, topic, 0)
        })
        readable += 1
        return topic
      }),
    )
    if (fetched.error !== null) yield fetched
  }
  if (readable > 0) yield fine('fetch', `${count(readable, 'topic')} of ${pipeline} may be read`)
}

/** Positions are told of a topic that there is not: the right to is looked at first, and nothing is kept. */
async function* tryCommit(settings: KafkaSettings, connection: Connection, { groups }: Needs): AsyncGenerator<Attempt> {
  for (const group of groups) {
    yield await attempt(settings, 'commit', group, () =>
      allowed(settings, [{ operation: 'Read', resource: 'group', name: group }], () =>
        withCoordinator(connection, 'group', () =>
          connection.ask([], async cluster => {
            const coordinator = await coordinatorOf(cluster, 'group', group)
            const nowhere = { topic: `${group}.doctor`, partition: 0, offset: 0, metadata: null }
            await tell(coordinator, group, [nowhere]).catch(thrown => {
              const { type } = thrown as { type?: string }
              if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' && type !== 'TOPIC_AUTHORIZATION_FAILED') throw thrown
            })
            return `positions of the group ${group} may be told; none was`
          }),
        ),
      ),
    )
  }
}

/** Connect to one address by itself, and let it go; what it takes. A busy broker gets a second chance. */
async function link(settings: KafkaSettings, address: string): Promise<SingleBroker['versions']> {
  const { host, port } = partsOf(address)
  for (let tries = 1; ; tries++) {
    const broker = await createBroker(settings, host, port)
    try {
      await broker.connect()
      return broker.versions
    } catch (error) {
      if (tries > 1 || (error as { code?: string }).code !== 'ETIMEDOUT') throw error
    } finally {
      void parted(broker)
    }
  }
}

async function attempt(
  settings: KafkaSettings,
  tried: Attempt['tried'],
  about: string,
  work: () => Promise<string>,
): Promise<Attempt> {
  const began = performance.now()
  const passed = () => performance.now() - began
  try {
    const said = await work()
    return { tried, said, ms: passed(), error: null }
  } catch (thrown) {
    return { tried, said: about, ms: passed(), error: kafkaError(thrown, settings.brokers) }
  }
}

const fine = (tried: Attempt['tried'], said: string): Attempt => ({ tried, said, ms: 0, error: null })
const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
