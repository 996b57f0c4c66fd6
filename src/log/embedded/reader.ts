import { type FSWatcher, watch } from 'node:fs'
import type { LogRecord, Position, Reader, ReaderOptions } from '../log.ts'
import { outOfRange } from '../names.ts'
import { Cursor } from './cursor.ts'
import { firstOffsets } from './ends.ts'
import type { Topic } from './topic.ts'

/** Looks for new records at least this often, for where the file system reports no changes, ms. */
const pollMs = 20

/** Read topics' files as they grow; offsets are checked before it resolves. */
export async function openReader(
  topicOf: (name: string) => Topic,
  from: readonly Position[],
  options: ReaderOptions,
): Promise<Reader> {
  const { maxRecords = 10_000, maxBytes = 16 * 1024 * 1024 } = options
  const byTopic = new Map<string, Position[]>()
  for (const position of from) byTopic.set(position.topic, [...(byTopic.get(position.topic) ?? []), position])
  const chunkBytes = Math.max(4096, Math.min(maxBytes / 4 / Math.max(byTopic.size, 1), 1024 * 1024))
  const cursors: Cursor[] = []
  for (const [name, positions] of byTopic) {
    const topic = topicOf(name)
    const { ends } = await topic.settled()
    const firsts = await firstOffsets(topic)
    for (const { partition, offset } of positions) {
      const first = firsts[partition] ?? 0
      const end = ends[partition] ?? 0
      if (!(offset >= first && offset <= end)) throw outOfRange(name, partition, offset, first, end)
    }
    cursors.push(new Cursor(topic, positions, Math.floor(chunkBytes)))
  }
  return new EmbeddedReader(cursors, maxRecords)
}

class EmbeddedReader implements Reader {
  readonly #cursors: Cursor[]
  readonly #maxRecords: number
  readonly #watchers: FSWatcher[]
  #changed = false
  #wake: (() => void) | undefined
  #closed = false

  constructor(cursors: Cursor[], maxRecords: number) {
    this.#cursors = cursors
    this.#maxRecords = maxRecords
    this.#watchers = cursors.flatMap(({ topic }) => watchFolder(topic.folder, () => this.#notify()))
  }

  async read(maxWaitMs: number): Promise<LogRecord[]> {
    try {
      return await this.#read(maxWaitMs)
    } catch (error) {
      // A close in the middle of a read takes the files away.
      if (this.#closed) return []
      throw error
    }
  }

  async #read(maxWaitMs: number): Promise<LogRecord[]> {
    const deadline = performance.now() + maxWaitMs
    while (!this.#closed) {
      this.#changed = false
      const records: LogRecord[] = []
      for (const cursor of this.#cursors) {
        if (records.length < this.#maxRecords) await cursor.take(this.#maxRecords - records.length, records)
      }
      // Whoever came last in this read comes first in the next.
      if (records.length > 0) {
        this.#cursors.push(this.#cursors.shift()!)
        return records
      }
      const left = deadline - performance.now()
      if (left <= 0) break
      await this.#change(Math.min(left, pollMs))
    }
    return []
  }

  position(topic: string, partition: number): number {
    return this.#cursors.find(cursor => cursor.topic.name === topic)?.position(partition) ?? -1
  }

  async caughtUp(): Promise<boolean> {
    for (const cursor of this.#cursors) {
      const { ends } = cursor.topic.mark() ?? (await cursor.topic.settled())
      if (!cursor.reached(ends)) return false
    }
    return true
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#notify()
    for (const watcher of this.#watchers) watcher.close()
    for (const cursor of this.#cursors) await cursor.close()
  }

  #notify(): void {
    this.#changed = true
    this.#wake?.()
  }

  #change(ms: number): Promise<void> {
    if (this.#changed) return Promise.resolve()
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wake = done
    })
  }
}

function watchFolder(folder: string, onChange: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, onChange)
    // Polling goes on without it.
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch {
    return []
  }
}
