import { ask, askSql, type Status, type Table } from '../api.ts'
import { confirmed } from '../confirm.ts'
import { fill, form, h, labelled, section } from '../dom.ts'
import { count, decimal, shown } from '../format.ts'
import { table } from '../table.ts'
import { inPlace, tell, type View } from '../view.ts'
import { armsSection, commandsOf, commandsQuery } from './arms.ts'
import { indexQuery, indexSections } from './index-weights.ts'

const versionsQuery = `
with newest as (
  select distinct version, step, champion, weights_sha256 from models order by version desc limit 50)
select newest.*, any_value(scores.metric), any_value(scores.value) from newest
left join scores on scores.version = newest.version and scores.policy = newest.champion and scores.metric in ('auc', 'rmse')
group by all order by newest.version desc`

const compareQuery = `
select policy, metric, any_value(value) filter (version = $a) as before, any_value(value) filter (version = $b) as after
from scores where version in ($a, $b) group by policy, metric
order by contains(metric, '.'), metric, policy`

/** Versions with compare, and the arms with what can be done about them. */
export const models: View = {
  title: 'Models and arms',
  async show(place, _, signal) {
    const [{ answers }, { arms }] = await Promise.all([
      askSql([versionsQuery, commandsQuery, indexQuery], { signal }),
      ask<Status>('/v1/status', { signal }),
    ])
    const [versions, commands, index] = answers as [Table, Table, Table]
    fill(
      place,
      versionsOf(versions),
      ...indexSections(index),
      compareOf(versions, signal),
      rollBackOf(versions),
      armsSection(arms),
      commandsOf(commands),
    )
  },
}

function versionsOf({ rows }: Table): HTMLElement {
  return section(
    'Versions',
    table(
      'The newest versions, each with the score of the policy that it serves',
      [
        { name: 'Version', right: true },
        { name: 'Steps', right: true },
        'Serves',
        'Metric',
        { name: 'Score', right: true },
        'Weights',
      ],
      rows.map(([version, step, champion, sha, metric, value]) => [
        ...[count(version), count(step), shown(champion), shown(metric), decimal(value), String(sha).slice(0, 12)],
      ]),
      'No version has been published yet; the first comes after learn.checkpointEvery events.',
    ),
  )
}

function compareOf({ rows }: Table, signal: AbortSignal): HTMLElement | null {
  if (rows.length < 2) return null
  const [first, second] = [versionChoice(rows, Math.min(rows.length - 1, 10)), versionChoice(rows, 0)]
  const answer = h('div')
  const submit = () =>
    inPlace(answer, async () => {
      const params = { a: Number(first.value), b: Number(second.value) }
      const { answers } = await askSql([compareQuery], { params, signal })
      const lines = answers[0]!.rows.map(([policy, metric, before, after]) => {
        const change = before === null || after === null ? null : Number(after) - Number(before)
        const sign = change !== null && change > 0 ? '+' : ''
        return [shown(policy), shown(metric), decimal(before), decimal(after), `${sign}${decimal(change)}`]
      })
      const numbers = [count(params.a), count(params.b), 'Difference'].map(name => ({ name, right: true }))
      const caption = `Version ${count(params.a)} and version ${count(params.b)}: each score is over all events up to it`
      fill(answer, table(caption, ['Policy or arm', 'Metric', ...numbers], lines, 'These versions have no scores.'))
    })
  return section(
    'Compare',
    form(
      () => void submit(),
      labelled('This version', first),
      labelled('with', second),
      h('button', { type: 'submit' }, 'Compare'),
    ),
    answer,
  )
}

/** Up to which version checkpoints are kept the learner alone knows. */
function rollBackOf({ rows }: Table): HTMLElement | null {
  if (rows.length < 2) return null
  const chosen = versionChoice(rows, 1)
  const why = h('input', { autocomplete: 'off', maxlength: 1_000 })
  const told = h('div', { role: 'status' })
  const submit = () =>
    inPlace(told, async () => {
      const version = Number(chosen.value)
      const question = `The networks go on from the weights of version ${count(version)}, or of the newest checkpoint before it; all else that was learned stays.`
      if (!(await confirmed(question, 'Roll back'))) return
      await ask('/v1/models/roll-back', { body: { version, reason: why.value } })
      const words =
        'Given. The learner takes it in with the next events, and says below of which version the weights were, or why none.'
      fill(told, h('p', {}, words))
      tell(words)
    })
  return section(
    'Roll back',
    form(
      () => void submit(),
      labelled('To this version or before', chosen),
      labelled('Reason', why),
      h('button', { type: 'submit' }, 'Roll back the model'),
    ),
    told,
  )
}

function versionChoice(rows: Table['rows'], chosen: number): HTMLSelectElement {
  return h(
    'select',
    {},
    ...rows.map(([version], k) => h('option', { value: String(version), selected: k === chosen }, count(version))),
  )
}
