import { ask, askSql, type Table } from '../api.ts'
import { fill, form, h, labelled, section } from '../dom.ts'
import { count, decimal, moment, percent, shown } from '../format.ts'
import { facts, itemLink, personLink, table } from '../table.ts'
import { inPlace, tell, type View } from '../view.ts'
import { type AskedList, reasonsOf } from './why.ts'

const someone = `
select r.user_id, max(r.time) as newest, count(distinct r.recommendation_id) as lists from recommendations as r
where r.user_id <> '' group by r.user_id order by newest desc, r.user_id limit 20`

const story = [
  'select attributes, time from users where user_id = $who',
  `select count(*), count_if(liked), min(time), max(time),
     (select count(distinct recommendation_id) from recommendations where user_id = $who) from events where user_id = $who`,
  `select r.rank, r.item_id, items.title, r.score, r.propensity, r.reason, r.time, r.policy, r.arm, r.model_version
   from recommendations as r left join items on items.item_id = r.item_id
   where r.recommendation_id = (
     select recommendation_id from recommendations where user_id = $who order by sequence desc limit 1) order by r.rank`,
  `with newest as (select * from sequences where user_id = $who order by sequence desc limit 1),
   steps as (select unnest(short_items) as item_id, unnest(short_times) as time, unnest(short_rewards) as reward from newest)
   select steps.time, steps.item_id, items.title, steps.reward from steps left join items on items.item_id = steps.item_id
   order by steps.time desc`,
  `select e.time, e.item_id, items.title, e.behaviour, e.value, e.reward, e.liked from events as e
   left join items on items.item_id = e.item_id where e.user_id = $who order by e.time desc, e.sequence desc limit 50`,
]

/** A person's story: events, windows, list, why. */
export const people: View = {
  title: 'People',
  async show(place, [who], signal) {
    const field = h('input', { value: who ?? '', required: true, autocomplete: 'off', spellcheck: 'false' })
    const go = () => {
      location.hash = `#/people/${encodeURIComponent(field.value)}`
    }
    const search = form(go, labelled('User id', field), h('button', { type: 'submit' }, 'Show'))
    if (who === undefined || who === '') {
      const { answers } = await askSql([someone], { signal })
      const rows = answers[0]!.rows.map(([id, time, lists]) => [personLink(id), moment(time), count(lists)])
      const columns = ['User', 'Newest list', { name: 'Lists', right: true }]
      return fill(place, search, table('Who got a list last', columns, rows, 'Nobody has got a list yet.'))
    }
    const { answers } = await askSql(story, { params: { who }, signal })
    const [profile, totals, list, window, events] = answers as [Table, Table, Table, Table, Table]
    fill(
      place,
      search,
      head(who, profile, totals),
      again(who, signal),
      listOf(list),
      windowOf(window),
      eventsOf(events),
    )
  },
}

function head(who: string, { rows: [profile] }: Table, { rows: [totals] }: Table): HTMLElement {
  const [events, liked, first, last, lists] = totals!
  if (Number(events) === 0 && profile === undefined) {
    const words = `Nothing is known of “${who}”: no event and no profile has come. Asked for a list, they get what a newcomer gets.`
    return section(who, h('p', { class: 'empty' }, words))
  }
  return section(
    who,
    facts([
      ['Events', count(events)],
      ['Liked', count(liked)],
      ['First event', moment(first)],
      ['Newest event', moment(last)],
      ['Lists', count(lists)],
    ]),
    h('p', {}, 'Profile: ', profile === undefined ? 'none has come.' : h('code', {}, shown(profile[0]))),
  )
}

function again(who: string, signal: AbortSignal): HTMLElement {
  const answer = h('div')
  const press = () =>
    inPlace(answer, async () => {
      const path = `/v1/users/${encodeURIComponent(who)}/recommendations?explain=true`
      const list = await ask<AskedList>(path, { signal })
      const rows = list.items.map((item, k) => [
        String(k + 1),
        itemLink(item.itemId),
        decimal(item.score),
        percent(item.propensity),
        h('div', {}, item.reason, reasonsOf(list.explanations?.[k])),
      ])
      const columns = [{ name: 'Place', right: true }, 'Item', { name: 'Score', right: true }, 'Chance', 'Why']
      const caption = `Asked now: ${list.policy}, arm ${list.arm}, version ${count(list.modelVersion)}`
      fill(
        answer,
        table(caption, columns, rows, list.short ?? 'The list is empty.'),
        rows.length > 0 && list.short && h('p', { class: 'note' }, list.short),
      )
      tell('The list is there.')
    })
  return section(
    'Ask again',
    h('p', {}, h('button', { type: 'button', onclick: () => void press() }, 'Ask for a list now')),
    h('p', { class: 'note' }, 'It is a list as any other: it is published, and events can answer it.'),
    answer,
  )
}

function listOf({ rows }: Table): HTMLElement {
  const [first] = rows
  const caption =
    first === undefined
      ? ''
      : `Made ${moment(first[6])} by ${shown(first[7])}, arm ${shown(first[8])}, version ${count(first[9])}`
  return section(
    'The newest list',
    table(
      caption,
      [{ name: 'Place', right: true }, 'Item', { name: 'Score', right: true }, { name: 'Chance', right: true }, 'Why'],
      rows.map(([rank, id, title, score, propensity, reason]) => [
        ...[String(rank), itemLink(id, title), decimal(score), percent(Number(propensity)), shown(reason)],
      ]),
      'There is no list for this person yet.',
    ),
  )
}

function windowOf({ rows }: Table): HTMLElement {
  return section(
    'The short window',
    table(
      'What the learner saw right before the newest event',
      ['Time', 'Item', { name: 'Reward', right: true }],
      rows.map(([time, id, title, reward]) => [moment(time), itemLink(id, title), decimal(reward, 2)]),
      'There was nothing before the newest event.',
    ),
  )
}

function eventsOf({ rows }: Table): HTMLElement {
  return section(
    'Events',
    table(
      `The newest ${rows.length}`,
      ['Time', 'Item', 'Did', { name: 'Value', right: true }, { name: 'Reward', right: true }, 'Liked'],
      rows.map(([time, id, title, behaviour, value, reward, liked]) => [
        ...[
          moment(time),
          itemLink(id, title),
          shown(behaviour),
          shown(value),
          decimal(reward, 2),
          liked ? 'yes' : 'no',
        ],
      ]),
      'No event of this person has been kept.',
    ),
  )
}
