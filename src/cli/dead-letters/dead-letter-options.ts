import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'

/** Options that all the commands about dead letters have. */
export interface DeadLetterOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
}
