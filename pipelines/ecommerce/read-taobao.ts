import { basename } from 'node:path'
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
} from '../../src/index.ts'

/**
 * Read a folder of "User Behavior Data from Taobao": all its files `UserBehavior*.csv` or `.csv.gz`, without a header,
 * columns user, item, category, behaviour (`pv`, `cart`, `fav`, `buy`), seconds since 1970.
 *
 *     for await (const event of readTaobao('taobao').events()) …   // eventId 'UserBehavior:1' is row 1 of UserBehavior.csv
 *
 * Events come in the order of (time, file, row), whatever the files' own; they are held in memory for that, 32 bytes each.
 * Rows that stand in two of the files are events of either, for cleaning to find. Nothing is known of users; of an item its
 * category, the newest if it has had several.
 */
export function readTaobao(folder: string): SourceReader {
  const paths = csvFiles(folder, /^UserBehavior/)
  if (paths.length === 0) throw missing(folder)
  const names = paths.map(csvStem)
  let loaded: ReturnType<typeof loadRows> | undefined
  const load = () => (loaded ??= loadRows(paths))

  return {
    name: `taobao/${names.join('+')}`,
    profiles: () => [],
    async *items() {
      const { item, category, time } = await load()
      const newest = new Map<number, string>()
      for (const row of timeOrder(time)) newest.set(item[row]!, category(row))
      for (const [id, its] of newest) {
        yield { itemId: String(id), title: null, attributes: { category: its }, tags: [] } satisfies Item
      }
    },
    async *events() {
      const { starts, user, item, behaviour, time } = await load()
      for (const row of timeOrder(time)) {
        const file = starts.findLastIndex(start => start <= row)
        const event: BehaviourEvent = {
          eventId: `${names[file]}:${row - starts[file]! + 1}`,
          userId: String(user[row]),
          itemId: String(item[row]),
          behaviour: behaviour(row),
          time: time[row]! * 1000,
          value: null,
          properties: {},
          recommendationId: null,
        }
        yield event
      }
    },
    files: () => paths,
    eventCount: async () => (await load()).time.length,
  }
}

/** In the order of their numbers. */
const behaviours = ['pv', 'cart', 'fav', 'buy']

async function loadRows(paths: readonly string[]) {
  const table = columns(4)
  const starts: number[] = []
  for (const path of paths) {
    starts.push(table.length)
    for await (const lines of readLines(path)) {
      for (const line of lines) {
        const [user = '', item = '', category = '', name = '', time = '', ...rest] = line.split(',')
        const kind = behaviours.indexOf(name)
        const whole = [user, item, category, time].every(text => /^\d+$/.test(text))
        if (!whole || kind < 0 || rest.length > 0) throw badRow(path, table.length - starts.at(-1)! + 1)
        // Category and behaviour in one number: the whole data set has a hundred million rows.
        table.push([Number(user), Number(item), Number(category) * behaviours.length + kind, Number(time)])
      }
    }
  }
  const [user, item, packed, time] = [0, 1, 2, 3].map(table.column) as [Column, Column, Column, Column]
  return {
    ...{ starts, user, item, time },
    category: (row: number) => String(Math.floor(packed[row]! / behaviours.length)),
    behaviour: (row: number) => behaviours[packed[row]! % behaviours.length]!,
  }
}

type Column = Float64Array<ArrayBuffer>

function badRow(path: string, line: number): RecstreamError {
  return new RecstreamError(
    'SOURCE_INVALID',
    `Line ${line} of ${basename(path)} is not in Taobao's form (user,item,category,behaviour,seconds); fetch it anew.`,
  )
}

function missing(folder: string): RecstreamError {
  const where = folder === '' ? 'No folder is given' : `There is no UserBehavior*.csv in "${folder}"`
  return new RecstreamError(
    'SOURCE_MISSING',
    `${where}: download UserBehavior.csv.zip from https://tianchi.aliyun.com/dataset/649, unpack it, and give the folder with --source.`,
  )
}
