import { ask, askSql, type Table } from '../api.ts'
import { confirmed } from '../confirm.ts'
import { fill, form, h, labelled, section } from '../dom.ts'
import { count, moment, shown } from '../format.ts'
import { table } from '../table.ts'
import { inPlace, tell, type View } from '../view.ts'

const statements = [
  `select reason, count(*) as records, max(time) as newest, any_value(message) as why from dead_letters
   group by reason order by records desc, reason`,
  `select number, reason, message, topic || '/' || source_partition || '@' || source_offset as stood, time,
     left(coalesce(try(decode(value)), value::varchar), 500) as text
   from dead_letters order by number desc limit 50`,
]

/** Characters that stand in a row of the table. */
const foldedAt = 40

interface Replayed {
  sent: boolean
  total: number
  byTopic: Record<string, number>
}

/** What was rejected and why, and how to send it again. */
export const deadLetters: View = {
  title: 'Dead letters',
  async show(place, _, signal) {
    const { answers } = await askSql(statements, { signal })
    const [byReason, newest] = answers as [Table, Table]
    if (byReason.rows.length === 0) {
      return fill(place, h('p', { class: 'empty' }, 'There are no dead letters: nothing was rejected.'))
    }
    fill(place, reasons(byReason), replay(byReason, signal), letters(newest))
  },
}

function reasons({ rows }: Table): HTMLElement {
  return section(
    'By reason',
    table(
      'Dead letters by reason',
      ['Reason', { name: 'Records', right: true }, 'Newest', 'For example'],
      rows.map(([reason, records, time, why]) => [shown(reason), count(records), moment(time), shown(why)]),
      'There are none.',
    ),
  )
}

function replay({ rows }: Table, signal: AbortSignal): HTMLElement {
  const choice = h(
    'select',
    {},
    h('option', { value: '' }, 'any'),
    ...rows.map(([reason]) => h('option', {}, shown(reason))),
  )
  const answer = h('div', { role: 'status' })
  const post = (send: boolean) => {
    const reason = choice.value === '' ? {} : { reason: choice.value }
    return ask<Replayed>('/v1/dead-letters/replay', { body: { ...reason, send }, signal })
  }
  const send = () =>
    inPlace(answer, async () => {
      const question = 'The records go to their topics again. Those that are still not acceptable are rejected again.'
      if (!(await confirmed(question, 'Send them again'))) return fill(answer, h('p', {}, 'Nothing was sent.'))
      const done = await post(true)
      fill(answer, h('p', {}, `${count(done.total)} records were sent again.`))
      tell('They were sent again.')
    })
  const look = () =>
    inPlace(answer, async () => {
      const { byTopic, total } = await post(false)
      fill(
        answer,
        table(
          'What would be sent again',
          ['Topic', { name: 'Records', right: true }],
          Object.entries(byTopic).map(([topic, records]) => [topic, count(records)]),
          'There is nothing to send again: what is not whole, or was no record, cannot be.',
        ),
        total > 0 && h('p', {}, h('button', { type: 'button', onclick: () => void send() }, 'Send them again …')),
      )
    })
  return section(
    'Replay',
    h('p', {}, 'Once what was wrong with the pipeline is mended, records can be sent to their topics again.'),
    form(
      () => void look(),
      labelled('With the reason', choice),
      h('button', { type: 'submit' }, 'Show what would be sent'),
    ),
    answer,
  )
}

function letters({ rows }: Table): HTMLElement {
  return section(
    'The newest',
    table(
      `The newest ${rows.length} dead letters`,
      [{ name: 'Number', right: true }, 'Reason', 'Why', 'Stood at', 'Time', 'Value'],
      rows.map(([number, reason, message, stood, time, text]) => [
        ...[count(number), shown(reason), shown(message), shown(stood), moment(time)],
        text === null ? 'none' : foldedText(String(text)),
      ]),
      'There are none.',
    ),
  )
}

/** A value that is long is unfolded. */
function foldedText(text: string): HTMLElement {
  if (text.length <= foldedAt) return h('code', {}, text)
  return h('details', {}, h('summary', {}, `${text.slice(0, foldedAt)} …`), h('pre', {}, text))
}
