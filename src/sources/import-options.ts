import type { Log, Producer } from '../log/log.ts'
import type { PipelineDefinition } from '../records/definition.ts'

export interface ImportOptions {
  log: Log
  definition: PipelineDefinition
  /** Default: the source's own folder. */
  folder?: string
  /** Default: one under the id `<pipeline>.import`, closed at the end. */
  producer?: Producer
  /** Called after every batch. */
  onProgress?: (progress: ImportProgress) => void
  /** Ends the import between two batches; a later one goes on from there. */
  signal?: AbortSignal
  /** Records per append. Default: 2,000. */
  batchSize?: number
  /** Where it is noted that it came to its end, so that a source that says its files is not read again; nowhere by default. */
  noted?: NotedImport
}

/** Rows of the source that the topics hold, earlier runs included; `total` events, where the source knows. */
export interface ImportProgress {
  profiles: number
  items: number
  events: number
  total: number | null
}

/** Where it is noted that an import came to its end; the text of another time is as good as none. */
export interface ImportNote {
  read(): string | null
  write(text: string): void
}

/** What the rows come from beside the source's files: the log and folder they went to is known to the import. */
export interface NotedImport {
  note: ImportNote
  /** What makes rows of files: another text where that may be another program. */
  code: string
}
