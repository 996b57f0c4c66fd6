import { commandRecord } from '../../codec/command-record.ts'
import { isRecstreamError, RecstreamError } from '../../errors.ts'
import { givenCommand, type WantedCommand } from '../../records/command.ts'
import { inTime } from '../in-time.ts'
import {
  GivenOfArms,
  GivenOfWeights,
  PromoteBody,
  ReplayBody,
  Replayed,
  RollBackBody,
  SharesBody,
  SqlAnswer,
  SqlBody,
  StatusAnswer,
  WeightsBody,
} from '../operation-schemas.ts'
import type { SqlAnswers, WantedOfArms } from '../operations.ts'
import { type Reply, route } from '../route.ts'
import { NoQuery } from '../schemas.ts'
import type { Service } from '../service.ts'

/** Each statement has 30 s, and may have to wait for its turn, ms. */
const sqlMs = 60_000
/** All dead letters are read, ms. */
const replayMs = 120_000

const about = { tag: 'Operation', method: 'POST' } as const

export const askSql = route({
  ...about,
  path: '/v1/sql',
  access: 'read',
  summary: 'Ask the tables in SQL',
  description:
    'Statements that only read, in a limited process of their own, as by `recstream sql`: 512 MiB, 30 s and 10,000 rows each. It ends when the client goes away.',
  body: SqlBody,
  takesMs: sqlMs,
  answers: {
    200: { description: 'The answers.', schema: SqlAnswer },
    422: { description: 'The query is wrong, or asks for too much.' },
  },
  async handle({ body: { query, params = {}, format = 'json' }, signal }, { operations }) {
    const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
    const answered = await operations.sql({ query, params: texts, arrow: format === 'arrow' }, signal)
    if (format === 'json') {
      const { answers, asOf, ageMs } = answered
      return { status: 200, body: { asOf, ageMs, answers } }
    }
    return streamed(answered, format)
  },
})

/** The rows of one statement as bytes; what else there is to say stands in headers. */
function streamed({ answers, bytes, asOf, ageMs }: SqlAnswers, format: 'jsonl' | 'arrow'): Reply {
  const [answer, another] = answers
  if (another !== undefined)
    throw new RecstreamError('SQL_INVALID', `As ${format} one statement is answered; give one.`)
  const { columns, rows, truncated } = answer!
  const line = (row: unknown[]) =>
    `${JSON.stringify(Object.fromEntries(columns.map(({ name }, k) => [name, row[k]])))}\n`
  return {
    status: 200,
    body: bytes ?? rows.map(line).join(''),
    headers: {
      'content-type': format === 'arrow' ? 'application/vnd.apache.arrow.stream' : 'application/jsonl; charset=utf-8',
      'recstream-position': String(asOf?.sequence ?? 0),
      'recstream-age-ms': String(ageMs),
      'recstream-truncated': String(truncated),
    },
  }
}

export const status = route({
  ...about,
  method: 'GET',
  path: '/v1/status',
  access: 'read',
  summary: 'How the pipeline is',
  description:
    'What flows, what was rejected, how far input and learner are, arms and scores; null where who could tell does not run.',
  query: NoQuery,
  answers: { 200: { description: 'How it is.', schema: StatusAnswer } },
  async handle(_, { operations, learner, limits: { waitMs } }) {
    const [pipeline, answer] = await Promise.all([
      operations.status(),
      inTime(learner.ask({ kind: 'standing' }, { waitMs }), waitMs).catch(() => null),
    ])
    if (answer?.kind !== 'standing') return { status: 200, body: { ...pipeline, learner: null } }
    const { position } = answer.standing
    const behind = Math.max(0, (pipeline.ingest?.sequence ?? position) - position)
    return { status: 200, body: { ...pipeline, learner: { ...answer.standing, behind } } }
  },
})

const ofArms = {
  ...about,
  tag: 'Operation',
  access: 'admin',
  description: 'The learner takes it in with the next events; users who move get lists of their new arm from then on.',
  answers: { 202: { description: 'The log has the command.', schema: GivenOfArms } },
} as const

export const setShares = route({
  ...ofArms,
  path: '/v1/arms/shares',
  summary: 'Change what part of the users each arm gets',
  body: SharesBody,
  handle: ({ body: { shares, reason }, now }, service) =>
    give(service, { kind: 'shares', shares, arm: null }, { reason, now }),
})

export const promoteArm = route({
  ...ofArms,
  path: '/v1/arms/promote',
  summary: 'Give an arm to everybody',
  body: PromoteBody,
  handle: ({ body: { arm, reason }, now }, service) =>
    give(service, { kind: 'promote', shares: {}, arm }, { reason, now }),
})

export const rollBackArms = route({
  ...ofArms,
  path: '/v1/arms/roll-back',
  summary: 'Undo the newest command about arms that is not undone yet',
  body: RollBackBody,
  handle: ({ body: { reason }, now }, service) =>
    give(service, { kind: 'roll-back', shares: {}, arm: null }, { reason, now }),
})

export const rollBackModel = route({
  ...about,
  path: '/v1/models/roll-back',
  access: 'admin',
  summary: 'Let the networks go on from the weights of a version before',
  description:
    'The learner takes it in with the next events: the weights of the newest checkpoint up to that version, or nothing where none is kept. `commands` says which, in SQL and on the page.',
  body: WeightsBody,
  answers: { 202: { description: 'The log has the command.', schema: GivenOfWeights } },
  async handle({ body: { version, reason = '' }, now }, service) {
    const weights = { version, tensors: null }
    return {
      status: 202,
      body: { commandId: await append(service, { kind: 'weights', weights, reason }, now), version },
    }
  },
})

async function give(
  service: Service,
  wanted: WantedOfArms,
  { reason = '', now }: { reason: string | undefined; now: number },
): Promise<Reply> {
  const shares = await service.operations.sharesAfter(wanted).catch((error: unknown) => {
    if (!isRecstreamError(error, 'CONFIG_INVALID')) throw error
    throw new RecstreamError('REQUEST_INVALID', error.message, { cause: error })
  })
  return { status: 202, body: { commandId: await append(service, { ...wanted, reason }, now), shares } }
}

/** The log has the command of this id. */
async function append(
  { append, topics, definition, newId }: Service,
  wanted: WantedCommand,
  now: number,
): Promise<string> {
  const command = givenCommand(wanted, { commandId: newId(), time: now })
  await append(topics.commands, [commandRecord(command, definition.encoding)])
  return command.commandId
}

export const replayDeadLetters = route({
  ...about,
  path: '/v1/dead-letters/replay',
  access: 'admin',
  summary: 'Send dead letters to their topics again',
  description:
    'Without `send` nothing is sent, and it is only told what would be. One that is still not acceptable is rejected again.',
  body: ReplayBody,
  takesMs: replayMs,
  answers: { 200: { description: 'What was sent, or would be.', schema: Replayed } },
  async handle({ body: { reason, send = false } }, { operations }) {
    const byTopic = await operations.replay({ reason, send })
    const total = Object.values(byTopic).reduce((sum, count) => sum + count, 0)
    return { status: 200, body: { sent: send, total, byTopic } }
  },
})
