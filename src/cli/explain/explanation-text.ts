import type { Explanation, ItemExplanation } from '../../learner/explain.ts'
import type { Scale } from '../../records/definition.ts'
import { plainLine } from '../../records/plain-text.ts'
import { plural } from '../../records/words.ts'
import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'
import { indexText } from './index-text.ts'
import { isExplored, type NewestList } from './newest-list.ts'

/** An explanation for people: one paragraph an item, in the source's own scale. */
export function explanationText(explained: {
  userId: string
  policy: string
  modelVersion: number
  explainedBy: number
  /** As of the moment when the list was made, rather than now. */
  exact: boolean
  list: NewestList['items']
  explanation: Explanation
  titles: ReadonlyMap<string, string>
  scale: Scale
}): string {
  const { userId, policy, explanation, exact, list, titles, scale } = explained
  const { bold, dim } = colours()
  const name = (itemId: string) => plainLine(titles.get(itemId) ?? itemId)
  const size = scale.kind === 'rating' ? scale.max - scale.min : 1
  const signed = (reward: number) => `${reward < 0 ? '−' : '+'}${Math.abs(size * reward).toFixed(2)}`
  const level = (reward: number) => ((scale.kind === 'rating' ? scale.min : 0) + size * reward).toFixed(2)
  const unit = scale.kind === 'rating' ? `on the scale of ${scale.min} to ${scale.max}` : 'as a share of 1'

  const whence = exact
    ? 'explained as it was made'
    : `explained as things stand at version ${explained.explainedBy}: no checkpoint before it is kept, so places may differ`

  const paragraph = (item: ItemExplanation): string => {
    const { reason, propensity, score } = list.find(each => each.itemId === item.itemId)!
    const explored = isExplored({ reason })
    const title = titles.has(item.itemId)
      ? `${bold(name(item.itemId))} ${dim(`(${plainLine(item.itemId)})`)}`
      : bold(name(item.itemId))
    const expected = `${explanation.policy} ${exact ? 'expected' : 'expects'} ${level(item.expected)} ± ${(size * item.deviation).toFixed(2)}`
    const lines = [
      `${title}: ${plainLine(reason)}`,
      exact
        ? `  ${expected} when the list was made, from ${plural(item.events, 'event')} of the item`
        : `  ${level(score)} was expected when the list was made; now ${expected}, from ${plural(item.events, 'event')} of the item`,
      `  place ${item.place} of ${item.candidates} candidates${explored ? '; chance put it here' : ''}; shown in its place with chance ${Number(propensity.toPrecision(2))}`,
      table(
        ['made of', 'adds'],
        item.parts.map(({ part, reward }, k) => [part, k === 0 ? level(reward) : signed(reward)]),
        { right: [1], indent: 4 },
      ),
    ]
    if (item.followed !== null) {
      lines.push(`  after ${name(item.followed.itemId)} people picked it ${plural(item.followed.times, 'time')}`)
    }
    for (const { itemId, share, residual } of item.alike) {
      const sign = residual < 0 ? 'less' : 'more'
      lines.push(
        `  like ${name(itemId)}, which came out ${Math.abs(size * residual).toFixed(2)} ${sign} than expected (${Math.round(100 * share)}% of what its likes say)`,
      )
    }
    const ranked = item.features.map(
      ({ feature, standing, weight, adds }) =>
        `${feature} ${adds < 0 ? '−' : '+'}${Math.abs(adds).toFixed(2)} (${weight === undefined ? `${standing.toFixed(1)} deviations` : `${standing.toFixed(2)} times ${weight.toFixed(2)}`})`,
    )
    for (const rule of item.rules) lines.push(`  ${plainLine(rule)}`)
    if (ranked.length > 0) lines.push(`  ranked by ${plainLine(ranked.join(', '))}`)
    return lines.join('\n')
  }

  const index = explanation.index === null ? [] : [indexText(explanation.index)]
  return [
    `${bold(plainLine(userId))}: ${plural(explanation.events, 'event')} learned from; list made by ${policy} at version ${explained.modelVersion}, ${whence}; ${unit}.`,
    ...index,
    ...explanation.items.map(paragraph),
  ].join('\n\n')
}
