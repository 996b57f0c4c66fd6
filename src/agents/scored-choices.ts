import type { Random } from '../state/random.ts'
import type { Catalogue } from './catalogue.ts'
import { type Drawing, drawer, firstPlace } from './draw.ts'
import { drawUnderRules, firstPlaceUnderRules } from './draw-under-rules.ts'
import type { PlanningAgent } from './planning-agent.ts'

/**
 * How an agent chooses that scores all items for a user, and how its first choice spreads.
 *
 *     const choices = scoredChoices(catalogue, random, { scores: (user, time) => rows, drawing: explore => ({ epsilon, temperature }) })
 *     choices.choose(user, { time, length: 10, allowed, explore: false })
 */
export function scoredChoices(
  catalogue: Catalogue,
  random: Random,
  by: {
    /** By slot; good until the next call. */
    scores: (user: number, time: number, explore: boolean) => Float32Array
    drawing: (explore: boolean) => Drawing
  },
): Pick<PlanningAgent, 'choose' | 'distribution'> {
  const draw = drawer(random)
  let chances = new Float64Array(0)
  return {
    choose(user, { time, allowed, length, explore, rules = null, chance = random }) {
      const scores = by.scores(user, time, explore)
      const { itemCount: count } = catalogue
      if (rules === null) return draw(scores, count, allowed, length, by.drawing(explore), chance)
      return drawUnderRules({ scores, count, allowed }, rules, length, by.drawing(explore), chance.uniform)
    },
    distribution(user, { time, allowed, explore, rules = null }) {
      const scores = by.scores(user, time, explore)
      const { itemCount: count } = catalogue
      if (chances.length < count) chances = new Float64Array(2 * count)
      if (rules === null) return firstPlace(scores, count, allowed, by.drawing(explore), chances)
      return firstPlaceUnderRules({ scores, count, allowed }, rules, by.drawing(explore), chances)
    },
  }
}
