import { RecstreamError } from '../errors.ts'
import { parameterCount, type Shapes } from '../nn/parameters.ts'
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
 * Given weights as each network holds its own, by network; CHECKPOINT_MISMATCH when names or shapes are not those of
 * `networks`, or a number is not finite.
 *
 *     weightsByNetwork(networkShapes(parts), networkWeights(other)).get('live')   // Float32Array
 */
export function weightsByNetwork(
  networks: NetworkShapes,
  weights: readonly NetworkWeight[],
): ReadonlyMap<string, Float32Array> {
  const given = new Map(weights.map(weight => [weight.name, weight]))
  const byNetwork = new Map<string, Float32Array>()
  for (const [network, shapes] of Object.entries(networks)) {
    const all = new Float32Array(parameterCount(shapes))
    let at = 0
    for (const [name, shape] of Object.entries(shapes)) {
      const { values } = fitting(given, `${network}.${name}`, shape)
      all.set(values, at)
      at += values.length
      given.delete(`${network}.${name}`)
    }
    byNetwork.set(network, all)
  }
  const [unknown] = given.keys()
  if (unknown !== undefined) throw mismatch(`${unknown} is not a weight of this learner`)
  return byNetwork
}

function fitting(
  given: ReadonlyMap<string, NetworkWeight>,
  name: string,
  [rows, columns]: readonly [number, number],
): NetworkWeight {
  const weight = given.get(name)
  if (weight === undefined) throw mismatch(`there is no ${name} among them`)
  if (weight.shape[0] !== rows || weight.shape[1] !== columns) {
    throw mismatch(`${name} is ${weight.shape.join(' × ')} there and ${rows} × ${columns} here`)
  }
  if (!weight.values.every(Number.isFinite)) throw mismatch(`${name} holds a number that is not finite`)
  return weight
}

/** The weights that are served stand by themselves; the others are the agent's. */
const arrayOf = (network: string) => (network.startsWith('live') ? network : `agent.${network}`)

function mismatch(what: string): RecstreamError {
  return new RecstreamError(
    'CHECKPOINT_MISMATCH',
    `These weights do not fit this learner: ${what}; import what a learner with the same settings exported.`,
  )
}
