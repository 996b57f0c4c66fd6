import { ask, type Status, type Table } from '../api.ts'
import { confirmed } from '../confirm.ts'
import { fill, form, h, labelled, section } from '../dom.ts'
import { count, moment, percent, shown } from '../format.ts'
import { table } from '../table.ts'
import { inPlace, tell } from '../view.ts'

export const commandsQuery = `
select time, kind, arm, shares, reason, applied_at from commands where kind in ('shares', 'promote', 'roll-back', 'guard', 'weights')
order by source_offset desc limit 20`

/** Who gets which lists, and what can be done about it. */
export function armsSection(arms: Status['arms']): HTMLElement {
  const told = h('div', { role: 'status' })
  const give = (path: string, body: object, question: string, yes: string) =>
    inPlace(told, async () => {
      if (!(await confirmed(question, yes))) return
      const { shares } = await ask<{ shares: Record<string, number> }>(path, { body: { ...body, reason: why.value } })
      const parts = Object.entries(shares).map(([arm, share]) => `${arm} ${percent(share)}`)
      const words = `Given. The learner takes it in with the next events; then people have: ${parts.join(', ')}.`
      fill(told, h('p', {}, words))
      tell(words)
    })
  const why = h('input', { autocomplete: 'off', maxlength: 1_000 })
  const rows = arms.map(({ name, policy, share }) => [name, policy, percent(share)])
  const all = table('Arms now', ['Arm', 'Policy', { name: 'Share of people', right: true }], rows, 'There are no arms.')
  if (arms.length < 2) {
    const words = 'With one arm there are no shares to change; name others in the definition of the pipeline.'
    return section('Arms', all, h('p', { class: 'note' }, words))
  }
  const fields = arms.map(({ name, share }) => ({
    name,
    input: h('input', { type: 'number', min: 0, step: 'any', required: true, value: Number((100 * share).toFixed(2)) }),
  }))
  const setShares = () => {
    const shares = Object.fromEntries(fields.map(({ name, input }) => [name, Number(input.value)]))
    void give('/v1/arms/shares', { shares }, 'People who move get lists of their new arm.', 'Change the shares')
  }
  const chosen = h('select', {}, ...arms.map(({ name }) => h('option', {}, name)))
  const promote = () =>
    void give('/v1/arms/promote', { arm: chosen.value }, `Everybody gets ${chosen.value} from then on.`, 'Promote it')
  const rollBack = () =>
    void give('/v1/arms/roll-back', {}, 'The newest command that is not undone yet is undone.', 'Roll back')
  return section(
    'Arms',
    all,
    h('div', { class: 'row' }, labelled('Reason, for what is done below', why)),
    form(
      setShares,
      ...fields.map(({ name, input }) => labelled(`Share of ${name}, %`, input)),
      h('button', { type: 'submit' }, 'Change shares'),
    ),
    form(promote, labelled('Give everybody', chosen), h('button', { type: 'submit' }, 'Promote')),
    h('p', {}, h('button', { type: 'button', class: 'quiet', onclick: rollBack }, 'Roll back the newest command')),
    told,
  )
}

export function commandsOf({ rows }: Table): HTMLElement {
  return section(
    'Commands',
    table(
      'The newest commands to arms and models, and when they were taken in',
      ['Given', 'What', 'Arm', 'Shares', 'Reason', 'From event'],
      rows.map(([time, kind, arm, shares, reason, appliedAt]) => [
        ...[moment(time), shown(kind), shown(arm), shown(shares), shown(reason)],
        appliedAt === null ? 'asked for' : count(appliedAt),
      ]),
      'No command to arms or models has been given.',
    ),
  )
}
