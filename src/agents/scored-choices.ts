import type { Random } from '../state/random.ts'
import type { Catalogue } from './catalogue.ts'
import { type Drawing, drawer, firstPlace } from './draw.ts'
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
    scores: (user: number, time: number) => Float32Array
    drawing: (explore: boolean) => Drawing
  },
): Pick<PlanningAgent, 'choose' | 'distribution'> {
  const draw = drawer(random)
  let chances = new Float64Array(0)
  return {
    choose(user, { time, allowed, length, explore }) {
      return draw(by.scores(user, time), catalogue.itemCount, allowed, length, by.drawing(explore))
    },
    distribution(user, { time, allowed, explore }) {
      const scores = by.scores(user, time)
      if (chances.length < catalogue.itemCount) chances = new Float64Array(2 * catalogue.itemCount)
      return firstPlace(scores, catalogue.itemCount, allowed, by.drawing(explore), chances)
    },
  }
}
