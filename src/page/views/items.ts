import { ask, askSql, type Table } from '../api.ts'
import { fill, form, h, labelled, section } from '../dom.ts'
import { count, decimal, moment, shown } from '../format.ts'
import { facts, itemLink, personLink, table } from '../table.ts'
import { inPlace, type View } from '../view.ts'

const popular = `
select e.item_id, any_value(items.title), count(*) as events, count(distinct e.user_id) as people from events as e
left join items on items.item_id = e.item_id group by e.item_id order by events desc, e.item_id limit 20`

const story = [
  'select title, features, attributes, time from items where item_id = $item',
  `select count(*), count(distinct user_id), count_if(liked), max(time),
     (select count(*) from recommendations where item_id = $item) from events where item_id = $item`,
  `select user_id, time, behaviour, value, reward from events where item_id = $item
   order by sequence desc limit 20`,
  `with steps as (
     select item_id, lead(item_id) over (partition by user_id order by time, sequence) as next from events
     where user_id in (select user_id from events where item_id = $item))
   select steps.next, any_value(items.title), count(*) as times, count(*) / sum(count(*)) over () as share from steps
   left join items on items.item_id = steps.next where steps.item_id = $item and steps.next <> $item
   group by steps.next order by times desc, steps.next limit 10`,
]

interface Found {
  items: { itemId: string; title: string | null; score: number }[]
}

/** An item's story: who, what follows it, whether rules hide it. */
export const items: View = {
  title: 'Items',
  async show(place, [item], signal) {
    const field = h('input', { value: item ?? '', required: true, autocomplete: 'off', spellcheck: 'false' })
    const go = () => {
      location.hash = `#/items/${encodeURIComponent(field.value)}`
    }
    const search = form(go, labelled('Item id', field), h('button', { type: 'submit' }, 'Show'))
    if (item === undefined || item === '') {
      const { answers } = await askSql([popular], { signal })
      const rows = answers[0]!.rows.map(([id, title, events, people]) => [
        ...[itemLink(id, title), count(events), count(people)],
      ])
      const columns = ['Item', { name: 'Events', right: true }, { name: 'People', right: true }]
      return fill(place, search, table('What most events were about', columns, rows, 'No event has come yet.'))
    }
    const alike = h('div')
    const { answers } = await askSql(story, { params: { item }, signal })
    const [known, totals, who, next] = answers as [Table, Table, Table, Table]
    fill(place, search, head(item, known, totals), hidden(item, signal), following(next), alike, whoOf(who))
    await inPlace(alike, async () => {
      const { items } = await ask<Found>(`/v1/items/${encodeURIComponent(item)}/similar`, { signal })
      const rows = items.map(({ itemId, title, score }) => [itemLink(itemId, title), decimal(score, 3)])
      const columns = ['Item', { name: 'Likeness', right: true }]
      fill(alike, section('Items like it', table('By the learner', columns, rows, 'There is none like it yet.')))
    })
  },
}

function head(item: string, { rows: [known] }: Table, { rows: [totals] }: Table): HTMLElement {
  const [events, people, liked, newest, places] = totals!
  if (Number(events) === 0 && known === undefined) {
    return section(
      item,
      h('p', { class: 'empty' }, `Nothing is known of “${item}”: no record of it and no event has come.`),
    )
  }
  return section(
    known?.[0] ? `${known[0]} (${item})` : item,
    facts([
      ['Events', count(events)],
      ['People', count(people)],
      ['Liked', count(liked)],
      ['Newest event', moment(newest)],
      ['Places in lists', count(places)],
    ]),
    known === undefined
      ? h('p', { class: 'empty' }, 'No record of the item has come.')
      : h('p', {}, 'Features: ', h('code', {}, shown(known[1])), '. Attributes: ', h('code', {}, shown(known[2])), '.'),
  )
}

/** Whether rules let it be shown is known for a person, at a moment. */
function hidden(item: string, signal: AbortSignal): HTMLElement {
  const field = h('input', { required: true, autocomplete: 'off', spellcheck: 'false' })
  const answer = h('p', { role: 'status' })
  const submit = () =>
    inPlace(answer, async () => {
      const body = { userId: field.value, itemIds: [item] }
      const { items } = await ask<{ items: { allowed: boolean; score: number | null }[] }>('/v1/rank', { body, signal })
      const [{ allowed, score }] = items as [{ allowed: boolean; score: number | null }]
      if (score === null) return fill(answer, 'The learner does not know the item yet, so it is in no list.')
      const verdict = allowed
        ? 'Yes: no rule, exclusion or absence keeps it from them now.'
        : 'No: a rule, an exclusion, or that it is not available keeps it from them now.'
      fill(answer, verdict, ` Its score for them is ${decimal(score)}.`)
    })
  return section(
    'Do rules hide it?',
    form(() => void submit(), labelled('From this user', field), h('button', { type: 'submit' }, 'Ask')),
    answer,
  )
}

function following({ rows }: Table): HTMLElement {
  return section(
    'What follows it',
    table(
      'What people went for next',
      ['Item', { name: 'Times', right: true }, { name: 'Share', right: true }],
      rows.map(([id, title, times, share]) => [itemLink(id, title), count(times), decimal(share, 2)]),
      'Nobody has gone on to something else from it yet.',
    ),
  )
}

function whoOf({ rows }: Table): HTMLElement {
  return section(
    'Who',
    table(
      'The newest events',
      ['User', 'Time', 'Did', { name: 'Value', right: true }, { name: 'Reward', right: true }],
      rows.map(([id, time, did, value, reward]) => [
        ...[personLink(id), moment(time), shown(did), shown(value), decimal(reward, 2)],
      ]),
      'No event about it has been kept.',
    ),
  )
}
