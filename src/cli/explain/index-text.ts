import type { Explanation } from '../../learner/explain.ts'
import { plainLine } from '../../records/plain-text.ts'

const heldTexts = {
  base: 'the rating alone, to compare with',
  learned: 'what was learned',
  'learned, with noise': 'what was learned, with noise for this session',
} as const

/**
 * The index of an arm's agent for people: its weights, which speed of fatigue counts how much, what the user is tired of.
 *
 *     indexText(explanation.index)   // 'plan ranks by an index, for this user: rating 1.00, popularity −0.12, …'
 */
export function indexText({ arm, held, weights, speeds, tired }: NonNullable<Explanation['index']>): string {
  const signed = (value: number, digits = 2) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`
  const counted = speeds.filter(({ share }) => share > 0)
  const speedsText = counted.map(({ feature, days, share }) => {
    const away = Number(days.toPrecision(2))
    return `${feature} ${Math.round(100 * share)}% (1/e is left after ${away} day${away === 1 ? '' : 's'} away)`
  })
  const tiredText = tired.map(({ theme, since, adds }) => {
    const name = theme === null ? 'items alike that have no words' : plainLine(theme)
    const effect = adds < 0 ? 'less' : 'more'
    return `${name} since ${minute(since)} (${Math.abs(adds).toFixed(2)} ${effect} for an item of it alone)`
  })
  return [
    `${plainLine(arm)} ranks by an index, now by ${heldTexts[held]}:`,
    `  weights ${weights.map(({ feature, weight }) => `${feature} ${signed(weight)}`).join(', ')}`,
    `  of fatigue's weight ${speedsText.length === 0 ? 'nothing is learned or used yet' : speedsText.join(', ')}`,
    `  has lately had much of ${tiredText.length === 0 ? 'nothing in particular' : tiredText.join('; ')}`,
  ].join('\n')
}

/** '2026-01-31 09:00 UTC' */
const minute = (time: number) => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
