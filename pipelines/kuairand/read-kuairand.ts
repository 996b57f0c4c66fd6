import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  type BehaviourEvent,
  columns,
  csvFiles,
  csvStem,
  type Item,
  RecstreamError,
  readLines,
  type SourceReader,
  timeOrder,
  type UserProfile,
} from '../../src/index.ts'
import { type CsvRow, readCsv, splitCsv } from './csv.ts'

/**
 * Read a folder of KuaiRand-Pure, or the sample of it that comes with this package; files may be `.csv`, `.csv.gz` or `.csv.br`.
 *
 *     for await (const event of readKuaiRand('KuaiRand-Pure').events()) …   // eventId 'log_standard_4_22_to_5_08_pure:1'
 *
 * Rows have no id of their own, so each gets its file and its row in it; a row that repeats another one has the id of that,
 * for cleaning to find. Events come in the order of (time, file, row); they are held in memory for that, 56 bytes each.
 */
export function readKuaiRand(given: string): SourceReader {
  const folder = existsSync(join(given, 'data')) ? join(given, 'data') : given
  const logs = csvFiles(folder, /^log_/)
  const users = csvFiles(folder, /^user_features/)
  const videos = csvFiles(folder, /^video_features_basic/)
  if (given === '' || logs.length === 0 || users.length === 0 || videos.length === 0) throw missing(given)
  let loaded: ReturnType<typeof loadLogs> | undefined
  const load = () => (loaded ??= loadLogs(logs))

  return {
    // The standard part of the name distinguishes one selection of the data from another, wherever it lies.
    name: `kuairand/${logs.map(csvStem).join('+')}`,
    profiles: () => rowsOf(users, profileOf),
    items: () => rowsOf(videos, itemOf),
    async *events() {
      const { starts, table } = await load()
      const [time, user, video, play, duration, flags, tab] = table as Table
      const names = logs.map(csvStem)
      /** Rows of the same time so far. */
      let together: number[] = []
      for (const row of timeOrder(time)) {
        if (time[row] !== time[together[0] ?? row]) together = []
        together.push(row)
        const first = together.find(each => [user, video, play].every(column => column[each] === column[row])) as number
        const file = starts.findLastIndex(start => start <= first)
        const bits = flags[row]!
        const event: BehaviourEvent = {
          eventId: `${names[file]}:${first - starts[file]! + 1}`,
          userId: String(user[row]),
          itemId: String(video[row]),
          behaviour: 'view',
          time: time[row]!,
          value: play[row]! / 1000,
          properties: {
            duration: duration[row]! / 1000,
            click: bits & 1,
            like: (bits >> 1) & 1,
            follow: (bits >> 2) & 1,
            comment: (bits >> 3) & 1,
            forward: (bits >> 4) & 1,
            hate: (bits >> 5) & 1,
            longView: (bits >> 6) & 1,
            tab: tab[row]!,
          },
          recommendationId: null,
        }
        yield event
      }
    },
    files: () => [...logs, ...users, ...videos],
    eventCount: async () => (await load()).table[0]!.length,
  }
}

type Column = Float64Array<ArrayBuffer>
type Table = [Column, Column, Column, Column, Column, Column, Column]

const numbers = ['time_ms', 'user_id', 'video_id', 'play_time_ms', 'duration_ms', 'tab']
/** In the order of their bits. */
const signals = ['is_click', 'is_like', 'is_follow', 'is_comment', 'is_forward', 'is_hate', 'long_view']

async function loadLogs(paths: readonly string[]) {
  const table = columns(7)
  const starts: number[] = []
  for (const path of paths) {
    starts.push(table.length)
    let at: number[] | undefined
    for await (const lines of readLines(path)) {
      for (const line of lines) {
        const fields = splitCsv(line)
        if (at === undefined) {
          at = [...numbers, ...signals].map(name => columnAt(path, fields, name))
          continue
        }
        const row = at.map(index => Number(fields[index] || Number.NaN))
        if (!row.every(Number.isFinite)) throw badRow(path, table.length - starts.at(-1)! + 2)
        let bits = 0
        for (let i = 0; i < signals.length; i++) if (row[numbers.length + i] !== 0) bits |= 1 << i
        table.push([row[0]!, row[1]!, row[2]!, row[3]!, row[4]!, bits, row[5]!])
      }
    }
  }
  return { starts, table: Array.from({ length: 7 }, (_, i) => table.column(i)) }
}

/** Names of attributes by the columns that they come from; −124 and the empty text stand for "not known". */
const profileColumns: Record<string, string> = {
  active: 'user_active_degree',
  streamer: 'is_live_streamer',
  author: 'is_video_author',
  follows: 'follow_user_num_range',
  fans: 'fans_user_num_range',
  friends: 'friend_user_num_range',
  registered: 'register_days_range',
  ...Object.fromEntries([0, 1, 2, 4, 6, 9, 10, 11].map(number => [`onehot${number}`, `onehot_feat${number}`])),
}

function profileOf(row: CsvRow): UserProfile | null {
  const userId = row('user_id')
  if (!userId) return null
  const attributes: Record<string, string> = {}
  for (const [name, column] of Object.entries(profileColumns)) {
    const value = row(column)
    if (value && value !== '-124') attributes[name] = value.replace(/^(\d+)\.0$/, '$1')
  }
  return { userId, attributes }
}

function itemOf(row: CsvRow): Item | null {
  const itemId = row('video_id')
  if (!itemId) return null
  const attributes: Record<string, string> = { duration: durationBand(Number(row('video_duration') || 0) / 1000) }
  for (const [name, column] of [
    ['type', 'video_type'],
    ['upload', 'upload_type'],
    ['author', 'author_id'],
  ] as const) {
    const value = row(column)
    if (value) attributes[name] = value
  }
  return { itemId, title: null, attributes, tags: (row('tag') ?? '').split(',').filter(Boolean) }
}

function durationBand(seconds: number): string {
  if (!(seconds > 0)) return 'unknown'
  const upTo = [10, 20, 30, 60, 120, 240].find(bound => seconds < bound)
  return upTo === undefined ? '240s+' : `under-${upTo}s`
}

async function* rowsOf<T>(paths: readonly string[], parse: (row: CsvRow) => T | null): AsyncGenerator<T> {
  for (const path of paths) {
    let line = 1
    for await (const rows of readCsv(path)) {
      for (const row of rows) {
        line++
        const parsed = parse(row)
        if (parsed === null) throw badRow(path, line)
        yield parsed
      }
    }
  }
}

function columnAt(path: string, header: readonly string[], name: string): number {
  const index = header.indexOf(name)
  if (index >= 0) return index
  throw new RecstreamError('SOURCE_INVALID', `The file ${basename(path)} has no column ${name}; fetch KuaiRand anew.`)
}

function badRow(path: string, line: number): RecstreamError {
  return new RecstreamError(
    'SOURCE_INVALID',
    `Line ${line} of ${basename(path)} is not in KuaiRand's form; fetch it anew.`,
  )
}

function missing(folder: string): RecstreamError {
  return new RecstreamError(
    'SOURCE_MISSING',
    `There are no KuaiRand files (log_*.csv, user_features*.csv, video_features_basic*.csv) in "${folder}"; download KuaiRand-Pure from https://kuairand.com and give its folder with --source, or leave --source out for the sample.`,
  )
}
