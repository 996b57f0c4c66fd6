/** Every error the program raises on purpose: its code, and whether trying again can help. */
export const codes = {
  CONFIG_INVALID: { retriable: false },
  FORGET_KEY_MISSING: { retriable: false },
  PIPELINE_UNKNOWN: { retriable: false },
  PIPELINE_INVALID: { retriable: false },
  SOURCE_MISSING: { retriable: false },
  SOURCE_INVALID: { retriable: false },
  SOURCE_FAILED: { retriable: true },
  DEFINITION_FAILED: { retriable: false },
  ALL_REJECTED: { retriable: false },
  RECORD_INVALID: { retriable: false },
  RECORD_TOO_LARGE: { retriable: false },
  SCHEMA_UNKNOWN: { retriable: true },
  SCHEMA_INVALID: { retriable: false },
  TOPIC_UNKNOWN: { retriable: false },
  TOPIC_REMADE: { retriable: true },
  TOPIC_INVALID: { retriable: false },
  OFFSET_OUT_OF_RANGE: { retriable: false },
  REBUILD_FAILED: { retriable: false },
  LOG_UNAVAILABLE: { retriable: true },
  LOG_CORRUPT: { retriable: false },
  LOG_AUTHENTICATION: { retriable: false },
  LOG_FORBIDDEN: { retriable: false },
  LOG_MISCONFIGURED: { retriable: false },
  LOG_STALLED: { retriable: true },
  PRODUCER_FENCED: { retriable: false },
  TAKEN_OVER: { retriable: false },
  LED_ELSEWHERE: { retriable: true },
  ALREADY_RUNNING: { retriable: false },
  NOT_RUNNING: { retriable: false },
  LIST_MISSING: { retriable: true },
  WAREHOUSE_LOCKED: { retriable: false },
  WAREHOUSE_FAILED: { retriable: true },
  WAREHOUSE_DAMAGED: { retriable: true },
  WAREHOUSE_MISMATCH: { retriable: false },
  SQL_INVALID: { retriable: false },
  SQL_FORBIDDEN: { retriable: false },
  SQL_LIMIT: { retriable: false },
  CHECKPOINT_CORRUPT: { retriable: false },
  CHECKPOINT_MISMATCH: { retriable: false },
  FOLLOWER_DIFFERS: { retriable: false },
  BACKEND_UNAVAILABLE: { retriable: false },
  TRAINING_FAILED: { retriable: true },
  PROCESS_FAILED: { retriable: true },
  TOOL_MISSING: { retriable: false },
  ADDRESS_TAKEN: { retriable: false },
  REQUEST_INVALID: { retriable: false },
  FILTER_INVALID: { retriable: false },
  UNAUTHORIZED: { retriable: false },
  FORBIDDEN: { retriable: false },
  NOT_FOUND: { retriable: false },
  ITEM_UNKNOWN: { retriable: false },
  METHOD_NOT_ALLOWED: { retriable: false },
  REQUEST_TIMEOUT: { retriable: true },
  REQUEST_TOO_LARGE: { retriable: false },
  MEDIA_TYPE_UNKNOWN: { retriable: false },
  TOO_MANY_REQUESTS: { retriable: true },
  SERVER_BUSY: { retriable: true },
  DISK_FULL: { retriable: true },
  MEMORY_SHORT: { retriable: true },
  FILE_UNUSABLE: { retriable: false },
  /** Not raised on purpose: what the command line calls an error that nobody foresaw. */
  INTERNAL: { retriable: false },
} as const

export type ErrorCode = keyof typeof codes

/**
 * An error a person can act on: a code from one list and one sentence that says what to do.
 *
 *     throw new RecstreamError('SOURCE_MISSING', 'There is no folder "ml-100k"; give one with --source.')
 */
export class RecstreamError extends Error {
  readonly code: ErrorCode
  readonly retriable: boolean

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'RecstreamError'
    this.code = code
    this.retriable = codes[code].retriable
  }
}

/** Whether something thrown is such an error with this code; also one of another copy of this package. */
export function isRecstreamError(error: unknown, code: ErrorCode): error is RecstreamError {
  return error instanceof Error && error.name === 'RecstreamError' && (error as Partial<RecstreamError>).code === code
}

/** What is said where a disk, or what one may take of it, is full, where no more files may be opened, and no memory had. */
const lacks = {
  room: /\bENOSPC\b|\bEDQUOT\b|no space left on device|not enough space on the disk|disk quota exceeded/i,
  handles: /\bEMFILE\b|\bENFILE\b|too many open files/i,
  memory: /\bENOMEM\b|out of memory|(can|could) ?not allocate|allocation failed/i,
} as const
const deepestCause = 8

/**
 * What the machine lacks, where that is why something failed; also where a library says it in its own words.
 *
 *     lackOf(new Error('The warehouse could not be copied', { cause: enospc }))   // 'room'
 */
export function lackOf(error: unknown): keyof typeof lacks | null {
  let each = error
  for (let depth = 0; depth < deepestCause && each instanceof Error; depth++) {
    const said = `${(each as NodeJS.ErrnoException).code} ${each.message}`
    if (isRecstreamError(each, 'DISK_FULL') || lacks.room.test(said)) return 'room'
    if (lacks.handles.test(said)) return 'handles'
    if (lacks.memory.test(said)) return 'memory'
    each = each.cause
  }
  return null
}

/** What to do where no more files may be opened. */
export const fewHandles = 'Too many files are open for what one process may; allow more with `ulimit -n 4096`'

/** What to do where there is too little memory. */
export const littleMemory =
  'There is too little memory here; give the machine or the container more (2 GB is enough to begin with), or raise what `ulimit -v` or NODE_OPTIONS=--max-old-space-size allows'

const longestText = 300
/** Nobody reads on behind this many UTF-16 code units, and every event may throw millions. */
const longestRead = 10 * longestText

/**
 * What somebody else's code threw, on one line of at most 300 characters.
 *
 *     thrownText(new TypeError('x is not a function'))   // 'TypeError: x is not a function'
 */
export function thrownText(error: unknown): string {
  const said = saying(error)
  const line = [
    ...said
      .slice(0, longestRead)
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .replace(/\.$/, ''),
  ]
  if (line.length <= longestText && said.length <= longestRead) return line.join('')
  return `${line.slice(0, longestText - 1).join('')}…`
}

/** An error says its name and message; anything may be thrown, also what cannot be made a text. */
function saying(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'something that is no text'
  }
}
