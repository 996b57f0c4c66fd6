import { RecstreamError } from '../errors.ts'
import type { Shapes } from '../nn/parameters.ts'
import type { LearnerState } from './learner.ts'

/** One weight of a network: `actor.input`, [rows, columns], row by row. */
export interface NetworkWeight {
  name: string
  shape: readonly [number, number]
  values: Float32Array
}

/** Where a checkpoint has its networks: the array's name without `agent.`, and the weights in it in order. */
export type NetworkShapes = Record<string, Shapes>

/**
 * The networks of a saved learner, weight by weight.
 *
 *     networkWeights(learner.save()).map(({ name, shape }) => `${name} ${shape}`)   // ['actor.input 29,64', …]
 */
export function networkWeights({ arrays, meta }: LearnerState): NetworkWeight[] {
  return Object.entries(meta['networks'] as NetworkShapes).flatMap(([network, shapes]) => {
    const all = arrays[arrayOf(network)] as Float32Array
    let from = 0
    return Object.entries(shapes).map(([weight, [rows, columns]]) => {
      const values = all.slice(from, (from += rows * columns))
      return { name: `${network}.${weight}`, shape: [rows, columns] as const, values }
    })
  })
}

/**
 * A saved learner with other weights in its networks; CHECKPOINT_MISMATCH when names or shapes are not the same, or a
 * number is not finite.
 */
export function withNetworkWeights(state: LearnerState, weights: readonly NetworkWeight[]): LearnerState {
  const given = new Map(weights.map(weight => [weight.name, weight]))
  const arrays = { ...state.arrays }
  const own = networkWeights(state)
  for (const [network] of Object.entries(state.meta['networks'] as NetworkShapes)) {
    const parts = own
      .filter(({ name }) => name.startsWith(`${network}.`))
      .map(({ name, shape }) => {
        const weight = given.get(name)
        if (weight === undefined) throw mismatch(`there is no ${name} in the file`)
        const [rows, columns] = weight.shape
        if (rows !== shape[0] || columns !== shape[1]) {
          throw mismatch(`${name} is ${weight.shape.join(' × ')} in the file and ${shape.join(' × ')} here`)
        }
        if (!weight.values.every(Number.isFinite)) throw mismatch(`${name} holds a number that is not finite`)
        return weight.values
      })
    const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    arrays[arrayOf(network)] = all
  }
  const unknown = weights.find(({ name }) => !own.some(each => each.name === name))
  if (unknown !== undefined) throw mismatch(`${unknown.name} is not a weight of this learner`)
  return { arrays, meta: state.meta }
}

/** The weights that are served stand by themselves; the others are the agent's. */
const arrayOf = (network: string) => (network.startsWith('live') ? network : `agent.${network}`)

function mismatch(what: string): RecstreamError {
  return new RecstreamError(
    'CHECKPOINT_MISMATCH',
    `These weights do not fit this learner: ${what}; import what a learner with the same settings exported.`,
  )
}
