import type { FromProcess, IngestTotals } from './messages.ts'

type Ingested = Extract<FromProcess, { type: 'ingested' }>
type Drained = Extract<FromProcess, { type: 'drained'; role: 'ingest' }>

/**
 * What several who ingest say, as one would say it: ready when all are, numbers added up, an answer when all have given it. What
 * else one says is passed on.
 *
 *     const say = spokenAsOne(2, message => console.log(message))
 *     say(0, { type: 'ready', detail: 'kafka' })
 *     say(1, { type: 'ready', detail: 'kafka' })   // one 'ready'
 *
 * One that is started again counts what it reads from zero; here the numbers go on.
 */
export function spokenAsOne(
  speakers: number,
  say: (message: FromProcess) => void,
): (speaker: number, message: FromProcess) => void {
  const latest = new Map<FromProcess['type'], (FromProcess | undefined)[]>()
  const readBefore = new Array<number>(speakers).fill(0)
  const readNow = new Array<number>(speakers).fill(0)
  const waits = new Array<string | null>(speakers).fill(null)

  /** What all have said of this; null while one has not. */
  const all = <T extends FromProcess>(speaker: number, message: T): T[] | null => {
    const said = latest.get(message.type) ?? new Array<FromProcess | undefined>(speakers).fill(undefined)
    latest.set(message.type, said)
    said[speaker] = message
    return said.includes(undefined) ? null : (said as T[])
  }
  const goingOn = (speaker: number, message: Ingested): Ingested => {
    if (message.eventsRead < readNow[speaker]!) readBefore[speaker]! += readNow[speaker]!
    readNow[speaker] = message.eventsRead
    return { ...message, eventsRead: readBefore[speaker]! + message.eventsRead }
  }

  return (speaker, message) => {
    switch (message.type) {
      case 'ready':
      case 'held':
        if (all(speaker, message) !== null) say(message)
        return
      case 'ingested': {
        const said = all(speaker, goingOn(speaker, message))
        if (said !== null) say(ingestedInAll(said))
        return
      }
      case 'drained': {
        const said = message.role === 'ingest' ? all(speaker, message) : null
        if (said === null) return
        say(drainedInAll(said))
        // Asked again, each answers again.
        latest.delete('drained')
        return
      }
      case 'landed': {
        const said = all(speaker, message)
        if (said === null) return
        say({ type: 'landed', ...totalsInAll(said) })
        latest.delete('landed')
        return
      }
      case 'waiting': {
        waits[speaker] = message.reason
        say(message.reason !== null ? message : { type: 'waiting', reason: waits.find(each => each !== null) ?? null })
        return
      }
      default:
        say(message)
    }
  }
}

function ingestedInAll(each: readonly Ingested[]): Ingested {
  return {
    type: 'ingested',
    eventsRead: sum(each, ({ eventsRead }) => eventsRead),
    sequence: sum(each, ({ sequence }) => sequence),
    publishedSequence: sum(each, ({ publishedSequence }) => publishedSequence),
    stageTimes: added(each.map(({ stageTimes }) => stageTimes)),
  }
}

/** What several have drained, in all. */
export function drainedInAll(each: readonly Drained[]): Drained {
  return {
    ...{ type: 'drained', role: 'ingest' },
    sequence: sum(each, ({ sequence }) => sequence),
    passedOver: sum(each, ({ passedOver }) => passedOver),
    rejected: added(each.map(({ rejected }) => rejected)),
  }
}

/** What stands in the tables of several, in all. */
export function totalsInAll(each: readonly IngestTotals[]): IngestTotals {
  return {
    eventsKept: sum(each, ({ eventsKept }) => eventsKept),
    rejected: added(each.map(({ rejected }) => rejected)),
    recommendations: sum(each, ({ recommendations }) => recommendations),
    unjoined: each.find(({ unjoined }) => unjoined !== null)?.unjoined ?? null,
  }
}

function sum<T>(each: readonly T[], of: (one: T) => number): number {
  return each.reduce((total, one) => total + of(one), 0)
}

/** Numbers by name, of each name the sum. */
export function added(each: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const one of each) for (const [name, number] of Object.entries(one)) total[name] = (total[name] ?? 0) + number
  return total
}
