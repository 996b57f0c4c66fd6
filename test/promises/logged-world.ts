import type { Population } from '../../src/lab/simulate/world/population.ts'
import type { WorldSettings } from '../../src/lab/simulate/world/settings.ts'
import { createWorld, type World } from '../../src/lab/simulate/world/world.ts'
import { type Random, seededRandom } from '../../src/state/random.ts'
import type { LoggedChoice } from '../warehouse/choices.ts'

/** How whoever logs chooses: a softmax of rating estimates with some uniform choices, or the highest estimate with some. */
export type Logging = { kind: 'softmax'; temperature: number; uniform: number } | { kind: 'greedy'; uniform: number }

export interface LoggedWorld {
  choices: LoggedChoice[]
  /** What the target would have brought per choice: the mean over the logged states of Σ π(item)·expected watch. */
  truth: number
}

/**
 * Let one policy choose for the people of a world, and note for each choice what another one, "target", would have done.
 *
 * The target is a softmax (temperature .5) of .5·estimate + .7·log popularity, both standardised.
 */
export function logWorld(
  {
    population,
    settings,
    slots,
    steps,
    seed,
  }: Record<'slots' | 'steps' | 'seed', number> & {
    population: Population
    settings: WorldSettings
  },
  logging: Logging,
): LoggedWorld {
  const world = createWorld({ population, settings, slots, seed })
  const random = seededRandom(seed, 'off-policy')
  const { items } = population
  const { estimates, popularity } = world.knowledge
  const rated = standardised(estimates)
  const popular = standardised(popularity.map(count => Math.log(Math.max(1, count))))
  const [logged, target] = [new Float64Array(items), new Float64Array(items)]
  const choices: LoggedChoice[] = []
  let truth = 0
  for (let step = 0; step < steps; step++) {
    for (let slot = 0; slot < slots; slot++) {
      const own = rated.subarray(world.person(slot) * items, (world.person(slot) + 1) * items)
      const allowed = (item: number) => !world.barred(slot, item)
      logPolicy(logging, own, allowed, logged)
      softmax(item => 0.5 * own[item]! + 0.7 * popular[item]!, 0.5, allowed, target)
      truth += dot(target, world.truth(slot).watch) / (slots * steps)
      const item = draw(logged, random)
      choices.push({
        ...{ userId: `${slot}-${world.generation(slot)}`, itemId: `item-${item}`, propensity: logged[item]! },
        alternatives: { target: { propensity: target[item]!, itemId: `item-${draw(target, random)}` } },
        reward: watched(world, slot, item),
      })
    }
  }
  return { choices, truth }
}

function watched(world: World, slot: number, item: number): number {
  return world.show(slot, item).watch
}

function logPolicy(logging: Logging, own: Float64Array, allowed: (item: number) => boolean, into: Float64Array): void {
  const { uniform } = logging
  if (logging.kind === 'softmax') softmax(item => own[item]!, logging.temperature, allowed, into)
  else {
    into.fill(0)
    let best = -1
    for (let item = 0; item < into.length; item++) {
      if (allowed(item) && (best < 0 || own[item]! > own[best]!)) best = item
    }
    into[best] = 1
  }
  let count = 0
  for (let item = 0; item < into.length; item++) if (allowed(item)) count++
  for (let item = 0; item < into.length; item++) {
    if (allowed(item)) into[item] = (1 - uniform) * into[item]! + uniform / count
  }
}

function softmax(
  score: (item: number) => number,
  temperature: number,
  allowed: (item: number) => boolean,
  into: Float64Array,
): void {
  let highest = -Infinity
  for (let item = 0; item < into.length; item++) {
    into[item] = allowed(item) ? score(item) / temperature : -Infinity
    highest = Math.max(highest, into[item]!)
  }
  let sum = 0
  for (let item = 0; item < into.length; item++) sum += into[item] = Math.exp(into[item]! - highest)
  for (let item = 0; item < into.length; item++) into[item]! /= sum
}

/** An item by its chance. */
export function draw(chances: Float64Array, random: Random): number {
  let left = random.uniform()
  let last = 0
  for (let item = 0; item < chances.length; item++) {
    if (chances[item] === 0) continue
    last = item
    left -= chances[item]!
    if (left < 0) break
  }
  return last
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}

function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return values.map(value => (value - mean) / Math.sqrt(variance))
}
