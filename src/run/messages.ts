import type { BackendName } from '../nn/backend.ts'
import type { Score, ServedScore } from '../records/model-version.ts'
import type { Address } from '../serve/address.ts'
import type { ServeOptions } from '../serve/options.ts'

/** How to reach the log; absent `brokers` means the embedded one. May hold a secret: it travels only between processes. */
export interface Connection {
  brokers?: string[]
  ssl?: boolean | { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean }
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  registry?: string
}

export type Role = 'import' | 'ingest' | 'learn' | 'serve' | 'follow'

/** What a process is given when it begins. */
export interface Assignment {
  role: Role
  /** Name or path of the pipeline, and settings that replace its own. */
  pipeline: string
  settings: Record<string, unknown>
  data: string
  connection: Connection
  /** The run that this process belongs to: the number of the process that began it, and when (ISO 8601). */
  run: { id: string; process: number; since: string }
  /** A process of this run and role has had the role's producer. */
  held: boolean
  /** Follow, and take over from a leader that was silent for so long, ms. */
  standby?: { afterMs: number }
  /** Of ingest: the parts that this process runs; absent: all. */
  parts?: readonly number[]
  /** How often this role was started again in this run. */
  restarts: number
  /** Folder to import from. */
  source?: string
  /** Go on where records are gone from the log that were never read. */
  skipLost?: boolean
  backend?: BackendName
  /** How to answer requests; nobody does without it. */
  serve?: ServeOptions
}

export type ToProcess =
  | { type: 'begin'; assignment: Assignment }
  | { type: 'drain' }
  | { type: 'land' }
  | { type: 'stop' }

export type FromProcess =
  | { type: 'ready'; detail: string }
  /** Requests are answered there. */
  | { type: 'listening'; address: Address; url: string }
  /** The role's producer is this run's. */
  | { type: 'held' }
  | { type: 'imported'; profiles: number; items: number; events: number; total: number | null; done: boolean }
  | {
      type: 'ingested'
      eventsRead: number
      sequence: number
      publishedSequence: number
      stageTimes: Record<string, number>
    }
  | ({ type: 'learned' } & LearnReport)
  /** `rejected`: events by reason, since the process began; `passedOver`: those that decode wanted nothing of. */
  | { type: 'drained'; role: 'ingest'; sequence: number; passedOver: number; rejected: Record<string, number> }
  | ({ type: 'drained'; role: 'learn'; modelVersion: number; weightsSha256: string } & LearnReport)
  | ({ type: 'landed' } & IngestTotals)
  | { type: 'stopped'; peakRssMb: number }
  | { type: 'notice'; message: string }
  /** What it waits for, outside, for as long as it takes; null when that is over. */
  | { type: 'waiting'; reason: string | null }
  | { type: 'failed'; code: string; message: string; stack: string | null }

export interface LearnReport {
  position: number
  sequences: number
  recommendations: number
  /** Milliseconds since the process began, null before the first list. */
  firstRecommendationMs: number | null
  champion: string
  scores: Score[]
  served: ServedScore[]
  backend: string
}

export interface IngestTotals {
  eventsKept: number
  rejected: Record<string, number>
  recommendations: number
  /** That many events found no item or no profile, in words; null where that is not so. */
  unjoined: string | null
}
