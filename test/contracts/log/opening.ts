import type { Log, Producer } from '../../../src/log/log.ts'

/** How the parts of the contract come by a log; what was opened is closed after each test. */
export interface Opening {
  openLog(): Promise<Log>
  /** A new topic on a log that was just opened, and a producer. */
  withTopic(partitions: number): Promise<{ log: Log; topic: string; producer: Producer }>
}
