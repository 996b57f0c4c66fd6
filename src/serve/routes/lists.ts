import { RecstreamError } from '../../errors.ts'
import { Found, List, Lists, Ranked } from '../answers.ts'
import {
  afterOf,
  ask,
  askList,
  checkedId,
  contextOf,
  filterOf,
  listBody,
  listReply,
  standingHeaders,
  wishesOf,
} from '../asking.ts'
import { route } from '../route.ts'
import {
  BatchBody,
  IdParams,
  ItemsQuery,
  ListBody,
  ListQuery,
  most,
  RankBody,
  SessionBody,
  SimilarQuery,
} from '../schemas.ts'
import type { Service } from '../service.ts'

const standing = {
  'recstream-position': 'Row number of the last event learned from.',
  'recstream-model-version': 'Version of the newest weights.',
  'recstream-behind':
    'Records that lie between the newest event sent here by the user and what the list knows; 0: it knows it.',
}
const etag = { etag: 'The id of the list.' }
const oneList = { description: 'The list.', schema: List, headers: { ...standing, ...etag } }
const about = { access: 'read', tag: 'Lists' } as const
const ofUser = '/v1/users/{id}/recommendations'

async function forUser(service: Service, userId: string, wishes: ReturnType<typeof wishesOf>, unless: string | null) {
  checkedId(userId)
  const after = await afterOf(service, userId)
  return askList(service, { kind: 'list', userId, ...wishes, after, unless })
}

export const listOfUser = route({
  ...about,
  method: 'GET',
  path: ofUser,
  summary: 'A list for a user',
  description:
    'Somebody who is not known gets what a newcomer gets. With If-None-Match only a list that has changed is sent. The list is published as those are that the learner makes by itself.',
  params: IdParams,
  query: ListQuery,
  answers: { 200: oneList, 304: { description: 'It is the list that you have.', headers: { ...standing, ...etag } } },
  async handle({ params, query, has, ...asked }, service) {
    const { 'include-seen': includeSeen, context, ...rest } = query
    const body = { ...rest, context: contextOf(context), ...(includeSeen === undefined ? {} : { includeSeen }) }
    return listReply(await forUser(service, params.id, wishesOf(body, asked), has[0] ?? null), has)
  },
})

export const listOfUserByBody = route({
  ...about,
  method: 'POST',
  path: ofUser,
  summary: 'A list for a user, asked for with a body',
  description: 'As by GET; a filter has parameters here.',
  params: IdParams,
  body: ListBody,
  answers: { 200: oneList },
  async handle({ params, body, ...asked }, service) {
    return listReply(await forUser(service, params.id, wishesOf(body, asked), null), [])
  },
})

export const listsOfUsers = route({
  ...about,
  method: 'POST',
  path: '/v1/recommendations',
  summary: 'Lists for several users',
  description: `At most ${most.users}; in the order of the ids.`,
  body: BatchBody,
  answers: { 200: { description: 'The lists.', schema: Lists } },
  async handle({ body: { userIds, ...body }, ...asked }, service) {
    const wishes = wishesOf(body, asked)
    const answers = await Promise.all(userIds.map(userId => forUser(service, userId, wishes, null)))
    return { status: 200, body: { lists: answers.map(answer => (answer.kind === 'list' ? listBody(answer) : null)) } }
  },
})

export const listOfSession = route({
  ...about,
  method: 'POST',
  path: '/v1/sessions/recommendations',
  summary: 'A list for somebody of whom only these events are known',
  body: SessionBody,
  answers: { 200: oneList },
  async handle({ body: { userId = '', events, ...body }, ...asked }, service) {
    const { behaviours } = service.definition
    const other = events.find(({ behaviour }) => !behaviours.includes(behaviour))?.behaviour
    if (other !== undefined) {
      throw new RecstreamError('REQUEST_INVALID', `The behaviour "${other}" is none of ${behaviours.join(', ')}.`)
    }
    for (const id of [...events.map(({ itemId }) => itemId), ...(userId === '' ? [] : [userId])]) checkedId(id)
    const session = events.map(({ itemId, behaviour, value = null, time = asked.now }) => ({
      itemId,
      behaviour,
      value,
      time,
    }))
    const wishes = { ...wishesOf(body, asked), after: null, unless: null }
    return listReply(await askList(service, { kind: 'session', userId, events: session, ...wishes }), [])
  },
})

export const rank = route({
  ...about,
  method: 'POST',
  path: '/v1/rank',
  summary: 'How items that you name rank for a user',
  description:
    'All of them, best first, without chance; those that are not known come last. It is no list: nothing is published.',
  body: RankBody,
  answers: { 200: { description: 'The items in their order.', schema: Ranked, headers: standing } },
  async handle({ body: { userId, itemIds, context = {}, surface, explain = false }, now }, service) {
    checkedId(userId)
    const after = await afterOf(service, userId)
    const surrounding = surface === undefined ? context : { ...context, surface }
    const question = { kind: 'rank' as const, userId, itemIds, context: surrounding, explain, after, now }
    const { items, explanations, standing } = await ask(service, question, 'ranked')
    const body = explanations === null ? { items } : { items, explanations }
    return { status: 200, body, headers: standingHeaders(standing) }
  },
})

const found = { description: 'The items.', schema: Found, headers: standing }
const defaultCount = 10

export const similarItems = route({
  ...about,
  method: 'GET',
  path: '/v1/items/{id}/similar',
  summary: 'Items like one',
  params: IdParams,
  query: SimilarQuery,
  answers: { 200: found, 404: { description: 'The item is not known.' } },
  handle: ({ params, query, now }, service) =>
    items(service, { kind: 'similar', itemId: checkedId(params.id), ...query, now }),
})

const ofAll = (kind: 'popular' | 'new', summary: string) =>
  route({
    ...about,
    method: 'GET',
    path: `/v1/${kind}`,
    summary,
    query: ItemsQuery,
    answers: { 200: found },
    handle: ({ query, now }, service) => items(service, { kind, itemId: null, ...query, now }),
  })
export const popularItems = ofAll('popular', 'What is popular now')
export const newItems = ofAll('new', 'What is new')

async function items(
  service: Service,
  wanted: {
    kind: 'similar' | 'popular' | 'new'
    itemId: string | null
    count?: number
    category?: string
    filter?: string
    now: number
  },
) {
  const { kind, itemId, count = defaultCount, category = null, filter, now } = wanted
  const question = { kind, itemId, category, count, filter: filterOf(filter), now }
  const answer = await ask(service, question, 'items')
  return { status: 200, body: { items: answer.items }, headers: standingHeaders(answer.standing) }
}
