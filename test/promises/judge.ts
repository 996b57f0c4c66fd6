import { isFirstList } from '../../src/records/recommendation.ts'
import { type Contents, differences } from './contents.ts'
import { comparable, lasting, type Outcome } from './twins.ts'

/**
 * What differs between a run and its twin to which nothing happened, a line each: every table, every topic with repeats
 * removed by source position, scores, weights. `withOffsets: false` where the input log of the two differs in holes.
 */
export function differing(twin: Outcome, outcome: Outcome, { withOffsets = true } = {}): string[] {
  const contents = (outcome: Outcome) => nameless(outcome.name, withOffsets ? outcome.contents : comparable(outcome))
  return [...differences(contents(twin), contents(outcome)), ...otherWords(lasting(twin), lasting(outcome))]
}

/**
 * The same where the order between partitions is that of arrival: the same events are kept, every list and sequence is of
 * the event that it names, and whoever builds all of it again from the topics, in the order that was recorded, gets the same.
 */
export function differingInOrder(twin: Outcome, outcome: Outcome, rebuilt: Outcome): string[] {
  const events = { events: kept(twin) }
  return [
    ...differences(events, { events: kept(outcome) }),
    ...strangers(outcome).map(row => `belongs to another event: ${row}`),
    ...differingFromRebuilt(outcome, rebuilt),
  ]
}

/** What differs between a run and what its topics give to a folder that has nothing else. */
export function differingFromRebuilt(outcome: Outcome, rebuilt: Outcome): string[] {
  const words = otherWords(lasting(outcome), lasting(rebuilt))
  return [...otherRowsOfRebuilt(outcome, rebuilt), ...words.map(line => `rebuilt: ${line}`)]
}

/** The same without scores and weights: who was forgotten after learning is not in what is learned again. */
export function otherRowsOfRebuilt(outcome: Outcome, rebuilt: Outcome): string[] {
  return differences(lastingContents(outcome), lastingContents(rebuilt)).map(line => `rebuilt: ${line}`)
}

/** Topics and ids carry the name of their pipeline, and the two may have one each. */
function nameless(name: string, contents: Contents): Contents {
  const rowsOf = (rows: readonly string[]) => rows.map(row => row.replaceAll(name, 'pipeline'))
  return Object.fromEntries(Object.entries(contents).map(([table, rows]) => [table, rowsOf(rows)]))
}

function otherWords(expected: object, found: object): string[] {
  return Object.entries(expected).flatMap(([word, value]) => {
    const other = (found as Record<string, unknown>)[word]
    const [a, b] = [JSON.stringify(value), JSON.stringify(other)]
    return a === b ? [] : [`summary ${word}: ${a} expected, ${b} found`]
  })
}

/**
 * Without the versions of models: their topic is compacted, so the broker may have dropped older ones meanwhile. Lists stand in
 * several partitions, which two readers get in turns of their own: their order is none.
 */
function lastingContents({ contents }: Outcome): Contents {
  const ofVersions = ['table models', 'table scores', 'topic model-versions']
  const lists = 'topic recommendations'
  const lasting = Object.entries(contents).filter(([table]) => !ofVersions.includes(table))
  return Object.fromEntries(lasting.map(([table, rows]) => [table, table === lists ? rows.toSorted() : rows]))
}

/** Kept events without their place in the order. */
function kept({ contents }: Outcome): string[] {
  return rowsOf(contents, 'table events')
    .map(([, , , ...row]) => JSON.stringify(row.slice(0, -1)))
    .sort()
}

/** Lists of another user than the event that they answer, and sequences of another event than the row of their number. */
function strangers({ contents }: Outcome): string[] {
  const rows = new Map(rowsOf(contents, 'table events').map(row => [Number(row[0]), row]))
  const lists = rowsOf(contents, 'table recommendations').filter(
    ([id, user, , sequence]) => !isFirstList(id as string) && rows.get(Number(sequence))?.[4] !== user,
  )
  const sequences = rowsOf(contents, 'topic interest-sequences').filter(([each, _attributes, _answers, ...place]) => {
    const row = rows.get((each as { sequence: number }).sequence)
    return row === undefined || `${[row[1], row[2]]}` !== `${place}`
  })
  return [...lists, ...sequences].map(row => JSON.stringify(row))
}

function rowsOf(contents: Contents, table: string): unknown[][] {
  return contents[table]!.map(row => JSON.parse(row) as unknown[])
}
