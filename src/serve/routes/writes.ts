import { commandRecord } from '../../codec/command-record.ts'
import { encodeItem, encodeProfile } from '../../codec/input.ts'
import { RecstreamError } from '../../errors.ts'
import { checkItem } from '../../records/checks/item.ts'
import { checkProfile } from '../../records/checks/profile.ts'
import { givenCommand } from '../../records/command.ts'
import { Rejection } from '../../records/rejection.ts'
import { type Trace, traceHeaders } from '../../records/trace.ts'
import { Given, Taken } from '../answers.ts'
import { checkedId } from '../asking.ts'
import type { JudgedEvent, RefusedEvent, SoundEvent } from '../events.ts'
import { type Reply, route } from '../route.ts'
import { EventsBody, IdParams, ItemBody, MergeBody, most, ProfileBody } from '../schemas.ts'
import type { Service } from '../service.ts'

const about = { access: 'write', tag: 'Writing' } as const
const done = { 204: { description: 'The log has it.' } }

export const sendEvents = route({
  ...about,
  method: 'POST',
  path: '/v1/events',
  summary: 'Send an event, or a list of them',
  description: `At most ${most.events}. Answered once the log has them; with an eventId an event can be sent again and counts once. Each is judged by itself: those that the pipeline would reject are told with its reasons, and left out. Where that is all of them, the answer is 400.`,
  body: EventsBody,
  checksItself: true,
  answers: { 200: { description: 'What became of them.', schema: Taken } },
  handle: ({ body, now, trace }, service) => takeEvents(body, { now, trace }, service),
})

async function takeEvents(
  body: unknown,
  { now, trace }: { now: number; trace: Trace | null },
  service: Service,
): Promise<Reply> {
  const given = Array.isArray(body) ? (body as unknown[]) : [body]
  if (given.length === 0 || given.length > most.events) {
    throw new RecstreamError('REQUEST_INVALID', `Send 1 to ${most.events} events at once, not ${given.length}.`)
  }
  const { metrics, known } = service
  const judged = given.map(event => service.judge(event, now))
  const refused = judged.flatMap((event, index) => (isRefused(event) ? [{ index, ...event }] : []))
  metrics.events.inc({ outcome: 'refused' }, refused.length)
  if (refused.length === given.length) {
    const { message } = refused[0]!
    const detail = given.length === 1 ? message : `No event is as it must be. The first: ${message}`
    throw Object.assign(new RecstreamError('REQUEST_INVALID', detail), { refused })
  }
  const good = judged.filter((event): event is SoundEvent => !isRefused(event))
  const seen = new Set<string>()
  const fresh = good.filter(({ key }) => {
    if (key === null) return true
    if (known.has(key) || seen.has(key)) return false
    seen.add(key)
    return true
  })
  try {
    if (fresh.length > 0)
      await service.append(
        service.topics.behaviourEvents,
        fresh.map(({ record }) => (trace === null ? record : { ...record, headers: traceHeaders(trace) })),
      )
  } catch (error) {
    metrics.events.inc({ outcome: 'failed' }, fresh.length)
    throw error
  }
  for (const key of seen) known.add(key)
  if (fresh.length > 0) service.own.wrote(new Set(fresh.map(({ userId }) => userId)))
  const repeated = good.length - fresh.length
  metrics.events.inc({ outcome: 'accepted' }, fresh.length)
  metrics.events.inc({ outcome: 'repeated' }, repeated)
  return { status: 200, body: { accepted: fresh.length, repeated, refused } }
}

const isRefused = (event: JudgedEvent): event is RefusedEvent => 'reason' in event

export const putItem = route({
  ...about,
  method: 'PUT',
  path: '/v1/items/{id}',
  summary: 'Say what an item is',
  params: IdParams,
  body: ItemBody,
  answers: done,
  async handle({ params: { id }, body, now }, { append, topics, encodings }) {
    const item = sound(checkItem({ ...body, itemId: sameId(id, body, 'itemId') }))
    await append(topics.items, [{ key: id, value: encodeItem(item, encodings.item), timestamp: now }])
    return { status: 204 }
  },
})

export const deleteItem = route({
  ...about,
  method: 'DELETE',
  path: '/v1/items/{id}',
  summary: 'Say that an item is gone',
  description: 'It is in no list any more. Whether there ever was one of this id does not matter.',
  params: IdParams,
  answers: done,
  async handle({ params: { id }, now }, { append, topics }) {
    await append(topics.items, [{ key: checkedId(id), value: null, timestamp: now }])
    return { status: 204 }
  },
})

export const putUser = route({
  ...about,
  method: 'PUT',
  path: '/v1/users/{id}',
  summary: 'Say what is known of a user',
  params: IdParams,
  body: ProfileBody,
  answers: done,
  async handle({ params: { id }, body, now }, { append, topics, encodings }) {
    const profile = sound(checkProfile({ ...body, userId: sameId(id, body, 'userId') }))
    await append(topics.userProfiles, [{ key: id, value: encodeProfile(profile, encodings.profile), timestamp: now }])
    return { status: 204 }
  },
})

export const deleteUser = route({
  ...about,
  method: 'DELETE',
  path: '/v1/users/{id}',
  summary: 'Say that a user’s profile is gone',
  description: 'What the user did stays. To have nothing left of a person, use `recstream forget`.',
  params: IdParams,
  answers: done,
  async handle({ params: { id }, now }, { append, topics }) {
    await append(topics.userProfiles, [{ key: checkedId(id), value: null, timestamp: now }])
    return { status: 204 }
  },
})

export const mergeUser = route({
  ...about,
  method: 'POST',
  path: '/v1/users/{id}/merge',
  summary: 'Say that somebody who was not known is a known user, as after a login',
  description: 'The learner takes it in with the next events. It cannot be undone.',
  params: IdParams,
  body: MergeBody,
  answers: { 202: { description: 'The log has the command.', schema: Given } },
  async handle({ params: { id }, body: { into, reason = '' }, now }, { append, topics, definition, newId }) {
    const [fromUser, toUser] = [checkedId(id), checkedId(into)]
    if (fromUser === toUser) {
      throw new RecstreamError('REQUEST_INVALID', 'They are one user already; give the ids of two.')
    }
    const command = givenCommand({ kind: 'merge', fromUser, toUser, reason }, { commandId: newId(), time: now })
    await append(topics.commands, [commandRecord(command, definition.encoding)])
    return { status: 202, body: { commandId: command.commandId } }
  },
})

/** Compaction and deletes go by the path's id; another one in the body is a mistake. */
function sameId(id: string, body: object, field: 'itemId' | 'userId'): string {
  const inBody = (body as Record<string, unknown>)[field]
  if (inBody === undefined || inBody === id) return checkedId(id)
  throw new RecstreamError('REQUEST_INVALID', 'The id in the body is not that of the path; leave it out.')
}

function sound<T>(checked: T | Rejection): T {
  if (checked instanceof Rejection) throw new RecstreamError('REQUEST_INVALID', checked.message)
  return checked
}
