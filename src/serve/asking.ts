import { RecstreamError } from '../errors.ts'
import { isId } from '../records/checks/text.ts'
import type { Answer, ListWishes, Question, Reached, Standing } from '../records/question.ts'
import type { Trace } from '../records/trace.ts'
import { inTime } from './in-time.ts'
import type { Reply } from './route.ts'
import type { ListBody } from './schemas.ts'
import type { Service } from './service.ts'

type Kind = Answer['kind']

/** Ask the learner; what the asker did wrong is an error of theirs. */
export async function ask<K extends Kind>(
  service: Service,
  question: Question,
  ...kinds: K[]
): Promise<Extract<Answer, { kind: K }>> {
  const answer = await service.learner.ask(question, { waitMs: service.limits.waitMs })
  if (answer.kind === 'refused') throw new RecstreamError('FILTER_INVALID', answer.message)
  if (answer.kind === 'unknown-item') {
    throw new RecstreamError('ITEM_UNKNOWN', 'No record of this item has come, and no event with it.')
  }
  if ((kinds as Kind[]).includes(answer.kind)) return answer as Extract<Answer, { kind: K }>
  throw new RecstreamError('INTERNAL', `The learner answered a ${question.kind} with ${answer.kind}.`)
}

/** A body's wishes, or a query's, as the learner takes them. */
export function wishesOf(
  body: ListBody,
  { now, trace }: { now: number; trace: Trace | null },
): Omit<ListWishes, 'after' | 'unless'> {
  const { count, context, filter, params, exclude, includeSeen, surface, explain } = body
  return {
    count: count ?? null,
    context: context ?? {},
    filter: filterOf(filter, params),
    exclude: exclude ?? [],
    includeSeen: includeSeen ?? false,
    surface: surface ?? null,
    explain: explain ?? false,
    now,
    ...(trace === null ? {} : { trace }),
  }
}

export function filterOf(text: string | undefined, params: ListBody['params'] = {}): ListWishes['filter'] {
  return text === undefined ? null : { text, params }
}

/** `device:phone` as a name and its value; the first colon parts them. */
export function contextOf(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const at = pair.indexOf(':')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** An id that no record can have is told apart from one of which none came. */
export function checkedId(id: string): string {
  if (isId(id)) return id
  throw new RecstreamError('REQUEST_INVALID', 'An id must be a text of 1 to 1,024 characters, without U+0000.')
}

/** Where the user's newest event of this service is; it is not waited for longer than a list is. */
export function afterOf({ own, limits }: Service, userId: string): Promise<Reached | null> {
  return inTime(own.after(userId), limits.waitMs)
}

/** What an answer says of itself in its headers. */
export function standingHeaders({ position, modelVersion, behind }: Standing): Record<string, string> {
  return {
    'recstream-position': String(position),
    'recstream-model-version': String(modelVersion),
    'recstream-behind': String(behind),
  }
}

/** Ask for a list; the learner publishes it. */
export async function askList(
  service: Service,
  question: Extract<Question, { kind: 'list' | 'session' }>,
): Promise<Extract<Answer, { kind: 'list' | 'same' }>> {
  const answer = await ask(service, question, 'list', 'same')
  const { metrics, own } = service
  metrics.lists.inc({ outcome: answer.kind === 'list' ? 'sent' : 'unchanged' })
  metrics.behind.observe(answer.standing.behind)
  if (question.kind === 'list' && question.after !== null && answer.standing.behind === 0) {
    own.known(question.userId, question.after)
  }
  return answer
}

/** A list as it is sent. */
export function listBody({ list, explanations }: Extract<Answer, { kind: 'list' }>): unknown {
  return explanations === null ? list : { ...list, explanations }
}

/** The answer to who asked for one list, and may have it already. */
export function listReply(answer: Extract<Answer, { kind: 'list' | 'same' }>, has: readonly string[]): Reply {
  const id = answer.kind === 'same' ? answer.recommendationId : answer.list.recommendationId
  const headers = {
    ...standingHeaders(answer.standing),
    etag: `"${encodeURIComponent(id)}"`,
    'cache-control': 'private, no-cache',
  }
  if (answer.kind === 'same' || has.includes(id)) return { status: 304, headers }
  return { status: 200, body: listBody(answer), headers }
}
