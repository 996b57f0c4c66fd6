import type { Log, LogRecord } from '../../log/log.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { Forgotten } from '../../records/forgotten.ts'
import type { Checkpoints } from '../checkpoint.ts'
import type { Learner } from '../learner.ts'

export interface LearnOptions {
  definition: PipelineDefinition
  log: Log
  learner: Learner
  checkpoints: Checkpoints
  /** Milliseconds, for measuring. */
  clock: () => number
  /** Who is to be forgotten, and who was; the learner's `isOf` asks it. */
  forgotten?: Forgotten
  /** Blocks that were read and not begun are left when this is set. */
  stopped?: AbortSignal
  /** A record that no ingest of ours wrote; it is passed over. */
  onUnreadable?: (record: LogRecord) => void
  /** Sequences are gone from the log that were never read: go on without them, and say so here; else that is an error. */
  onLost?: (message: string) => void
  /** Something that people should know: a command took effect, the guard took an arm out. */
  onNotice?: (message: string) => void
}
