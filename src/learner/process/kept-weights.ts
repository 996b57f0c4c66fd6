import type { Command } from '../../records/command.ts'
import type { Checkpoints } from '../checkpoint.ts'
import { networkWeights } from '../network-weights.ts'
import { encodeWeights } from '../weights-file.ts'

/**
 * Commands as they can be taken in: one that asks for the weights of a version holds those of the newest checkpoint up to it, and
 * says of which version they are. From then on the log has them, whatever becomes of the checkpoint.
 */
export function withKeptWeights(
  commands: readonly Command[],
  checkpoints: Pick<Checkpoints, 'upTo'>,
): Promise<readonly Command[]> {
  return Promise.all(
    commands.map(async command => {
      const { version, tensors } = command.weights ?? { version: null, tensors: null }
      if (version === null || tensors !== null) return command
      const state = await checkpoints.upTo(version)
      if (state === null) return command
      const kept = state.meta['sequences'] as number
      const file = Buffer.concat(encodeWeights(networkWeights(state), { version: String(kept) }))
      return { ...command, weights: { version: kept, tensors: file.toString('base64') } }
    }),
  )
}
