import { bias } from './bias.ts'
import type { Policy } from './policy.ts'

/** A policy that experiments can name. */
export interface Baseline {
  readonly name: string
  /** One line for tables and help. */
  readonly summary: string
  /** Whether the seed changes anything. */
  readonly random: boolean
  readonly create: (options: { seed: number }) => Policy
}

/** Every baseline by name; order is the order of tables. */
export const baselines: readonly Baseline[] = [
  { name: 'bias', summary: 'μ + user + item, one pass with falling rates', random: false, create: () => bias() },
]
