import type { Choosing, PlanningAgent } from '../../agents/planning-agent.ts'
import type { Arm } from '../../records/definition.ts'
import { type Random, seededRandom } from '../../state/random.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'

/** What another arm's agent would have done in the first place of a list. */
export interface OtherChoice {
  arm: string
  /** Probability with which it would have shown the item that was shown. */
  propensity: number
  /** The slot of the item that it would have shown: one draw. */
  item: number
}

/** Whose list it is, made by which arm's agent, and what it shows first. */
export interface Asked {
  arm: number
  user: number
  shown: number
  /** Chance from elsewhere; absent: its own. */
  chance?: Random | undefined
}

/** Asks the agents of other arms; nothing changes in them. */
export interface OtherArms {
  /** `how` says what an arm's agent may show; an agent that has nothing to show says nothing. */
  ask(about: Asked, how: (arm: number) => Choosing): OtherChoice[]
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * What off-policy evaluation of an arm needs from the lists of others.
 *
 *     others.ask({ arm: 0, user, shown: item }, how)   // [{ arm: 'ddpg-la', propensity: 0.03, item: 17 }]
 *
 * Draws come from a stream of their own, so that asking does not change what anybody is shown.
 */
export function otherArms(arms: readonly Arm[], agents: readonly (PlanningAgent | null)[], seed: number): OtherArms {
  const random = seededRandom(seed, 'alternatives')
  return {
    ask({ arm, user, shown, chance = random }, how) {
      const all: OtherChoice[] = []
      for (const [other, agent] of agents.entries()) {
        if (agent === null || other === arm) continue
        const chances = agent.distribution(user, how(other))
        const item = draw(chances, chance)
        if (item >= 0) all.push({ arm: arms[other]!.name, propensity: chances[shown] ?? 0, item })
      }
      return all
    },
    save: () => ({ chance: random.state.slice() }),
    restore: arrays => random.state.set(arrays['chance'] as Uint32Array),
  }
}

/** An item by its chance, −1 where none has any. The sum is taken as it is, for it is 1 only nearly. */
function draw(chances: Float64Array, random: Random): number {
  let total = 0
  for (let item = 0; item < chances.length; item++) total += chances[item]!
  let left = random.uniform() * total
  let last = -1
  for (let item = 0; item < chances.length; item++) {
    if (chances[item] === 0) continue
    last = item
    left -= chances[item]!
    if (left < 0) break
  }
  return last
}
