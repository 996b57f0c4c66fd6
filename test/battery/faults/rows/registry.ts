import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import avro from 'avsc'
import { encodeEvent } from '../../../../src/codec/input.ts'
import type { OutgoingRecord } from '../../../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../../../src/records/topics.ts'
import { readGenerated } from '../../../../src/sources/generated.ts'
import { recstream } from '../../../promises/command.ts'
import { type Contents, differences } from '../../../promises/contents.ts'
import { ownPipeline } from '../../../promises/own-pipeline.ts'
import { type Outcome, openLogOf, outcomeOf, type Run, startArguments } from '../../../promises/twins.ts'
import { type Row, repeated, type Tried } from '../row.ts'
import type { Scene } from '../scene.ts'

const field = (name: string, type: string) => ({ name, type })
const schemaOf = (...more: ReturnType<typeof field>[]) => {
  const fields = ['eventId', 'userId', 'itemId', 'behaviour'].map(name => field(name, 'string'))
  return {
    type: 'record',
    name: 'Event',
    fields: [...fields, field('time', 'long'), field('value', 'double'), ...more],
  }
}
/** What old and new writers have registered. */
const schemas = [schemaOf(), schemaOf(field('added', 'string'))] as const

const awayMs = 10_000
const events = 3_000

/** A registry that is away for a while whenever a schema is first asked for; how often it was asked meanwhile. */
async function flakyRegistry() {
  const asked = schemas.map(() => ({ since: 0, whileAway: 0 }))
  const server = createServer((request, response) => {
    const id = Number(/ids\/(\d+)/.exec(request.url ?? '')?.[1] ?? 0)
    const known = asked[id - 1]
    if (known === undefined) return void response.writeHead(404).end('{"error_code": 40403}')
    known.since ||= performance.now()
    if (performance.now() - known.since > awayMs) {
      return void response.end(JSON.stringify({ schema: JSON.stringify(schemas[id - 1]) }))
    }
    known.whileAway++
    response.writeHead(503).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

/** Made-up viewers, JSON alone or with framed values of the first writer and, in the second half, of both. */
async function made(scene: Scene, registry: string | null): Promise<Outcome> {
  const name = scene.name('registry')
  const run: Run = {
    ...{ name, pipeline: ownPipeline(scene.folder, name, 'generated', scene.dist), dist: scene.dist },
    ...{ data: join(scene.folder, name), settings: ['recommend.everyMs=600000'] },
  }
  const types = schemas.map(schema => avro.Type.forSchema(structuredClone(schema) as never))
  const framed = (id: number, value: object) => {
    const head = Buffer.alloc(5)
    head.writeUInt32BE(id, 1)
    return Buffer.concat([head, types[id - 1]!.toBuffer({ added: 'something', ...value })])
  }
  const log = await openLogOf(run)
  await log.ensureTopics(topicSpecs(name, 1))
  const producer = await log.producer(`${name}.outside`)
  const records: OutgoingRecord[] = []
  for await (const event of readGenerated(`events=${events},users=100,items=80`).events()) {
    const { eventId, userId, itemId, behaviour, value } = event
    const whole = {
      ...{ eventId, userId, itemId, behaviour, value },
      time: event.time,
      properties: {},
      recommendationId: null,
    }
    const k = records.length
    const writer = registry === null || k % 3 === 0 ? 0 : k % 3 === 1 || k < events / 2 ? 1 : 2
    const bytes = writer === 0 ? encodeEvent(whole) : framed(writer, whole)
    records.push({ key: userId, value: bytes, timestamp: event.time })
  }
  await producer.append(topicsOf(name).behaviourEvents, records)
  await producer.close()
  await log.close()
  const args = [...startArguments(run), ...(registry === null ? [] : ['--registry', registry])]
  return outcomeOf(run, await recstream(args, { dist: scene.dist }).ended)
}

function nameless({ name, contents }: Outcome): Contents {
  return Object.fromEntries(
    Object.entries(contents).map(([table, rows]) => [table, rows.map(row => row.replaceAll(name, 'pipeline'))]),
  )
}

export const registry: Row = {
  name: 'registry',
  what: 'the schema registry away when an old and a new writer’s schema is first met, beside JSON',
  wanted: 10,
  slice: ['test/codec/registry.test.ts', 'test/ingest/collect/confluent.test.ts'],
  trials: repeated(5, number => ({
    name: `${number}`,
    count: schemas.length,
    async run(scene): Promise<Tried> {
      const registry = await flakyRegistry()
      try {
        const twin = await scene.once('JSON alone', async () => nameless(await made(scene, null)))
        const outcome = await made(scene, registry.url)
        const found = [
          ...registry.asked.flatMap(({ whileAway }, k) =>
            whileAway > awayMs / 1_000 ? [`asked ${whileAway} times for schema ${k + 1} in ${awayMs} ms`] : [],
          ),
          ...differences(twin, nameless(outcome)),
        ]
        return { tried: schemas.length, held: found.length === 0 ? schemas.length : 0, differences: found }
      } finally {
        registry.close()
      }
    },
  })),
}
