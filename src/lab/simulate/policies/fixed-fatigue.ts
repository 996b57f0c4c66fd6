import { itemFeatures } from '../../../agents/ddpg-la/planning/index/item-features.ts'
import { fatigueSpeeds } from '../../../agents/ddpg-la/planning/index/speeds.ts'
import { featureCount, userMemory } from '../../../agents/ddpg-la/planning/index/user-memory.ts'
import { defaultsOf, number, type ValuesOf } from '../../../settings/field.ts'
import { worldCatalogue } from '../agent-policy.ts'
import type { PolicyFor } from '../policy.ts'

/** What can be set of the fixed rule. */
export const fixedFatigueOptions = {
  weight: number(2.5, [0, 100], 'a weight', 'how much fatigue takes from a rating of deviation 1'),
  pace: number(
    1,
    [0.1, 10],
    'times',
    "how many times as slowly as in these worlds fatigue comes and goes in the rule's eyes",
  ),
}

/**
 * ẑ − 2.5·fatigue, by the same features that DDPG-LA has: a rule of thumb that somebody chose who had looked at the world.
 *
 * It learns nothing. With another `pace` it takes people to tire and recover at another speed than they do.
 */
export function fixedFatigue(options: Partial<ValuesOf<typeof fixedFatigueOptions>> = {}): PolicyFor {
  const { weight, pace } = { ...defaultsOf(fixedFatigueOptions), ...options }
  return world => {
    const seats = { person: new Int32Array(world.slots) }
    const generation = new Int32Array(world.slots).fill(-1)
    const catalogue = worldCatalogue(world.knowledge, seats)
    const memory = userMemory(catalogue, itemFeatures(catalogue), {
      speeds: fatigueSpeeds({ pace }),
      gapMs: 20 * 60_000,
    })
    const weights = Float64Array.from({ length: featureCount }, (_, k) => (k === 0 ? 1 : k === 2 ? -weight : 0))
    let decided = 0
    return {
      choose(slot) {
        if (generation[slot] !== world.generation(slot)) {
          generation[slot] = world.generation(slot)
          seats.person[slot] = world.person(slot)
          memory.reset(slot)
        }
        decided = world.time(slot)
        memory.look(slot, decided)
        const scores = memory.scores(weights)
        let best = -1
        for (let item = 0; item < catalogue.itemCount; item++) {
          if ((best < 0 || scores[item]! > scores[best]!) && !world.barred(slot, item)) best = item
        }
        return best
      },
      observe(slot, item, { watch: reward, like, time }) {
        memory.look(slot, decided)
        memory.add(slot, { item, reward, like, time, decided, propensity: 1 }, true)
      },
    }
  }
}
