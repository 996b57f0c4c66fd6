import type { Policy } from '../../../predictors/baselines/policy.ts'
import { additive, type Exchanged } from './exchanged.ts'

/** How steps that several learners took from the same numbers are put together. */
export type Steps = 'added' | 'averaged'

/** Mean of all, as count and sum, of a policy that saves both as `all`. */
export function runningMean(policy: Policy, users: number, items: number): Exchanged {
  const now = () => policy.save(users, items)
  return additive({
    read() {
      const [events, mean] = now()['all'] as Float64Array
      return { all: Float64Array.of(events!, events! * mean!) }
    },
    write({ all }) {
      const [events, sum] = all as Float64Array
      if (events! > 0) policy.restore({ ...now(), all: Float64Array.of(events!, sum! / events!) })
    },
  })
}

/**
 * What a policy learns of items by gradient steps, in its arrays whose names begin with "item": the old plus all learners' steps,
 * or plus their mean weighted by the events that each had of the item.
 */
export function itemSteps(policy: Policy, items: number, steps: Steps): Exchanged {
  // As long as no slot is added, these are the policy's own arrays.
  const columns = () => Object.entries(policy.save(0, items)).filter(([name]) => name.startsWith('item'))
  const old = Object.fromEntries(columns().map(([name, column]) => [name, column.slice() as Float64Array]))
  const widthOf = (name: string) => old[name]!.length / items
  return {
    give({ items: touched, events }) {
      const moved = columns().map(([name, column]) => {
        const width = widthOf(name)
        const by = new Float64Array(touched.length * width)
        for (let k = 0; k < by.length; k++) {
          const at = touched[Math.floor(k / width)]! * width + (k % width)
          by[k] = column[at]! - old[name]![at]!
        }
        return [name, by] as const
      })
      return { touched, events, ...Object.fromEntries(moved) }
    },
    take(given) {
      const all = new Float64Array(items)
      for (const { touched, events } of given) for (const [k, item] of touched!.entries()) all[item]! += events![k]!
      for (const [name, column] of columns()) {
        const width = widthOf(name)
        for (const { touched, events, ...moved } of given) {
          for (const [k, item] of touched!.entries()) {
            const share = steps === 'added' ? 1 : events![k]! / all[item]!
            for (let w = 0; w < width; w++) old[name]![item * width + w]! += share * moved[name]![k * width + w]!
          }
        }
        for (let item = 0; item < items; item++) {
          if (all[item] === 0) continue
          for (let at = item * width; at < (item + 1) * width; at++) column[at] = old[name]![at]!
        }
      }
    },
  }
}
