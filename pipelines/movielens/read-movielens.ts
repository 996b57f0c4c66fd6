import { basename } from 'node:path'
import {
  type BehaviourEvent,
  columns,
  findFile,
  type Item,
  RecstreamError,
  readLines,
  type SourceReader,
  timeOrder,
  type UserProfile,
} from '../../src/index.ts'

/** What differs between the two data sets: file names, the separator, and where the fields stand. */
interface Format {
  name: string
  ratings: readonly string[]
  users: readonly string[]
  items: readonly string[]
  ratingsSeparator: string
  profile: (line: string) => UserProfile | null
  item: (line: string) => Item | null
}

const formats: readonly Format[] = [
  {
    name: 'ml-100k',
    ratings: ['u.data'],
    users: ['u.user'],
    items: ['u.item'],
    ratingsSeparator: '\t',
    profile(line) {
      const [userId, age, gender, occupation] = line.split('|')
      if (!userId || !age || !gender || !occupation || !/^\d+$/.test(age)) return null
      return { userId, attributes: { age: ageBand(Number(age)), gender, occupation } }
    },
    item(line) {
      const [itemId, title, released, , , ...flags] = line.split('|')
      if (!itemId || title === undefined || flags.length < genres.length) return null
      return movie(
        itemId,
        title,
        genres.filter((_, i) => flags[i] === '1'),
        released,
      )
    },
  },
  {
    name: 'ml-1m',
    ratings: ['ratings.dat', 'ratings_users_1-2999.dat'],
    users: ['users.dat'],
    items: ['movies.dat'],
    ratingsSeparator: '::',
    profile(line) {
      const [userId, gender, age, code] = line.split('::')
      const occupation = occupations[Number(code)]
      if (!userId || !gender || !age || occupation === undefined || !/^\d+$/.test(age)) return null
      return { userId, attributes: { age: ageBand(Number(age)), gender, occupation } }
    },
    item(line) {
      const [itemId, title, tags] = line.split('::')
      if (!itemId || title === undefined || tags === undefined) return null
      return movie(itemId, title, tags.split('|').filter(Boolean))
    },
  },
]

/**
 * Read a folder of MovieLens 100K (`u.data`, `u.user`, `u.item`) or 1M (`ratings.dat`, `users.dat`, `movies.dat`).
 *
 *     for await (const event of readMovieLens('ml-100k').events()) …   // eventId 'ml-100k:1' is line 1 of u.data
 *
 * Events come in the order of (timestamp, line); the ratings are held in memory for that, 32 bytes each.
 */
export function readMovieLens(folder: string): SourceReader {
  const format = formats.find(each => findFile(folder, each.ratings) !== undefined)
  if (folder === '' || format === undefined) throw missing(folder)
  const { name } = format
  const path = (names: readonly string[]): string => {
    const found = findFile(folder, names)
    if (found !== undefined) return found
    throw new RecstreamError(
      'SOURCE_MISSING',
      `There is no ${names[0]} in ${folder}; unpack the whole of ${name} there.`,
    )
  }
  const ratings = path(format.ratings)
  const users = path(format.users)
  const items = path(format.items)
  let loaded: ReturnType<typeof loadRatings> | undefined
  const load = () => (loaded ??= loadRatings(ratings, format.ratingsSeparator))

  return {
    name,
    profiles: () => parseLines(users, format.profile),
    items: () => parseLines(items, format.item),
    async *events() {
      const { user, item, rating, time } = await load()
      for (const row of timeOrder(time)) {
        const event: BehaviourEvent = {
          eventId: `${name}:${row + 1}`,
          userId: String(user[row]),
          itemId: String(item[row]),
          behaviour: 'rate',
          time: time[row]! * 1000,
          value: rating[row]!,
          properties: {},
          recommendationId: null,
        }
        yield event
      }
    },
    files: () => [ratings, users, items],
    eventCount: async () => (await load()).time.length,
  }
}

async function loadRatings(path: string, separator: string) {
  const table = columns(4)
  for await (const lines of readLines(path, 'latin1')) {
    for (const line of lines) {
      const fields = line.split(separator)
      const row = fields.map(Number)
      if (row.length !== 4 || !row.every(Number.isFinite) || fields.includes('')) throw badLine(path, table.length + 1)
      table.push(row)
    }
  }
  const [user, item, rating, time] = [0, 1, 2, 3].map(table.column) as [Column, Column, Column, Column]
  return { user, item, rating, time }
}

type Column = Float64Array<ArrayBuffer>

async function* parseLines<T>(path: string, parse: (line: string) => T | null): AsyncGenerator<T> {
  let number = 0
  for await (const lines of readLines(path, 'latin1')) {
    for (const line of lines) {
      number++
      if (line === '') continue
      const parsed = parse(line)
      if (parsed === null) throw badLine(path, number)
      yield parsed
    }
  }
}

function movie(itemId: string, title: string, tags: string[], released = ''): Item {
  // "(V)" or a foreign title may follow the year; without one, the release date ends in it.
  const year = [...title.matchAll(/\((\d{4})\)/g)].at(-1)?.[1] ?? /(\d{4})$/.exec(released)?.[1]
  const attributes = year === undefined ? {} : { year, decade: `${year.slice(0, 3)}0s` }
  return { itemId, title: title === '' ? null : title, attributes, tags }
}

/** The bands of MovieLens 1M; an age in years falls into one of them. */
function ageBand(age: number): string {
  if (age < 18) return 'under-18'
  if (age < 25) return '18-24'
  if (age < 35) return '25-34'
  if (age < 45) return '35-44'
  if (age < 50) return '45-49'
  return age < 56 ? '50-55' : '56+'
}

function missing(folder: string): RecstreamError {
  const where = folder === '' ? 'No folder is given' : `There is no u.data or ratings.dat in "${folder}"`
  return new RecstreamError(
    'SOURCE_MISSING',
    `${where}: MovieLens may not be shipped with this program, so download ml-100k.zip from https://grouplens.org/datasets/movielens/100k/, unpack it, and give the folder with --source.`,
  )
}

function badLine(path: string, line: number): RecstreamError {
  return new RecstreamError(
    'SOURCE_INVALID',
    `Line ${line} of ${basename(path)} is not in MovieLens form; unpack it anew.`,
  )
}

const genres = [
  ...['unknown', 'Action', 'Adventure', 'Animation', "Children's", 'Comedy', 'Crime', 'Documentary', 'Drama'],
  ...['Fantasy', 'Film-Noir', 'Horror', 'Musical', 'Mystery', 'Romance', 'Sci-Fi', 'Thriller', 'War', 'Western'],
]

const occupations = [
  ...['other', 'academic/educator', 'artist', 'clerical/admin', 'college/grad student', 'customer service'],
  ...['doctor/health care', 'executive/managerial', 'farmer', 'homemaker', 'K-12 student', 'lawyer', 'programmer'],
  ...['retired', 'sales/marketing', 'scientist', 'self-employed', 'technician/engineer', 'tradesman/craftsman'],
  ...['unemployed', 'writer'],
]
