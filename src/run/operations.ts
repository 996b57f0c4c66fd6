import { RecstreamError } from '../errors.ts'
import type { Log } from '../log/log.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { Operations } from '../serve/operations.ts'
import { sharesAfter } from './arms/prepare-command.ts'
import { replayDeadLetters } from './dead-letters/replay-dead-letters.ts'
import type { Layout } from './layout.ts'
import { pipelineStatus } from './pipeline-status.ts'
import { openTables } from './tables.ts'

/** What a service shows and does of a pipeline. */
export function openOperations({
  definition,
  log,
  layout,
}: {
  definition: PipelineDefinition
  log: Log
  layout: Layout
}): Operations & { close(): void } {
  const tables = openTables(layout)
  let replaying = false
  return {
    sql: tables.ask,
    status: pipelineStatus({ definition, log, layout }),
    sharesAfter: wanted => sharesAfter(wanted, definition, log),
    async replay(replay) {
      // A second one would send the same letters, and shut the first one's producer out.
      if (replaying)
        throw new RecstreamError('SERVER_BUSY', 'Dead letters are being replayed; ask again when it is done.')
      replaying = true
      try {
        return await replayDeadLetters(log, definition.name, replay)
      } finally {
        replaying = false
      }
    },
    close: () => tables.close(),
  }
}
