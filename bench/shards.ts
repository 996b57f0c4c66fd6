import { partsOfShard } from '../src/records/part.ts'
import { withJsonEvents } from './json-events.ts'
import { cpuSecondsOf, PipelineProcess } from './pipeline-process.ts'
import type { Row } from './results.ts'

/** What one way to share the work came to. */
export interface Measured {
  parts: number
  shards: number
  events: number
  seconds: number
  /** Of the processes that ingest, s. */
  cpu: number
  broker: number
  peak: number
}

const partitions = 8

/**
 * JSON events in Kafka to committed rows and published sequences by one process and by several, each with its parts; the broker on
 * the same cores.
 */
export async function benchShards(events: number, say: (line: string) => void): Promise<Row[]> {
  const [whole, one, two, four] = await measureShards(events, say)
  const inAll = ({ events, seconds }: Measured) => events / seconds
  const perCpu = ({ events, cpu }: Measured) => events / cpu
  const rows = (what: string, each: Measured): Row[] => [
    { what, value: inAll(each), unit: 'events/s' },
    { what: '– per processor second of ingest', value: perCpu(each), unit: 'events/s' },
    { what: '– processors that ingest took', value: each.cpu / each.seconds, unit: 'ratio' },
    { what: '– processors that the broker took', value: each.broker / each.seconds, unit: 'ratio' },
    { what: '– peak memory of the processes that ingest', value: each.peak, unit: 'MiB' },
  ]
  return [
    ...rows('one part, as without the setting', whole),
    ...rows('four parts in one process', one),
    ...rows('four parts in two shards', two),
    ...rows('four parts in four shards', four),
    { what: 'two shards ÷ one, on these cores', value: inAll(two) / inAll(one), unit: 'ratio' },
    { what: 'two shards ÷ one, events per processor second', value: perCpu(two) / perCpu(one), unit: 'ratio' },
    {
      what: 'two shards ÷ one, each with the processors of one',
      value: (2 * perCpu(two)) / perCpu(one),
      unit: 'ratio',
    },
    {
      what: 'four shards ÷ one, each with the processors of one',
      value: (4 * perCpu(four)) / perCpu(one),
      unit: 'ratio',
    },
    { what: 'four parts in one process ÷ one part', value: inAll(one) / inAll(whole), unit: 'ratio' },
  ]
}

/** One part; then four in one process, in two and in four. */
export async function measureShards(
  events: number,
  say: (line: string) => void,
): Promise<[whole: Measured, one: Measured, two: Measured, four: Measured]> {
  return [
    await measured(events, { parts: 1, shards: 1 }, say),
    await measured(events, { parts: 4, shards: 1 }, say),
    await measured(events, { parts: 4, shards: 2 }, say),
    await measured(events, { parts: 4, shards: 4 }, say),
  ]
}

/** So many events, of so many users (20,000 by default), read by processes that share the parts. */
export function measured(
  events: number,
  { parts, shards, users = 20_000 }: { parts: number; shards: number; users?: number },
  say: (line: string) => void,
): Promise<Measured> {
  const work: Parameters<typeof withJsonEvents<Measured>>[2] = async (_, assignment, broker) => {
    say(`ingesting them in ${shards} of ${parts}`)
    const processes = Array.from({ length: shards }, (_, shard) => {
      const own = parts === 1 ? {} : { parts: partsOfShard({ shard, of: shards }, parts) }
      return new PipelineProcess({ ...assignment, role: 'ingest', ...own })
    })
    await Promise.all(processes.map(process => process.next('ready')))
    const cpuOf = () => processes.reduce((sum, process) => sum + process.cpuSeconds, 0)
    const brokerCpu = () => (broker.pid === null ? 0 : cpuSecondsOf(broker.pid))
    const [started, cpu, brokers] = [performance.now(), cpuOf(), brokerCpu()]
    await Promise.all(processes.map(process => process.ask({ type: 'drain' }, 'drained')))
    const seconds = (performance.now() - started) / 1_000
    const spent = { cpu: cpuOf() - cpu, broker: brokerCpu() - brokers }
    const peaks = await Promise.all(processes.map(process => process.stop()))
    return { parts, shards, events, seconds, ...spent, peak: peaks.reduce((sum, peak) => sum + peak, 0) }
  }
  return withJsonEvents(events, say, work, { partitions, parts, users })
}
