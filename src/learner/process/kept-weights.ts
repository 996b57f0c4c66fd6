import type { Command } from '../../records/command.ts'
import type { Checkpoints } from '../checkpoint.ts'
import { networkWeights } from '../network-weights.ts'
import { encodeWeights } from '../weights-file.ts'

/**
 * Commands as they can be taken in: one that asks for the weights of a version holds them, where that version's checkpoint is
 * kept and whole. From then on the log has them, whatever becomes of the checkpoint.
 */
export function withKeptWeights(
  commands: readonly Command[],
  checkpoints: Pick<Checkpoints, 'of'>,
): Promise<readonly Command[]> {
  return Promise.all(
    commands.map(async command => {
      const { version, tensors } = command.weights ?? { version: null, tensors: null }
      if (version === null || tensors !== null) return command
      const state = await checkpoints.of(version)
      if (state === null) return command
      const file = Buffer.concat(encodeWeights(networkWeights(state), { version: String(version) }))
      return { ...command, weights: { version, tensors: file.toString('base64') } }
    }),
  )
}
