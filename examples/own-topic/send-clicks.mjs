import { argv, env, exit } from 'node:process'
import { Kafka, logLevel } from 'kafkajs'
import { seededRandom } from 'recstream'

/*
 * Writes 2,000 messages in the shop's own form to its topic; two of them are broken. It stands for your services, which know
 * nothing of recstream.
 */

const topic = 'clickstream.behaviour-events'
const brokers = (env.BROKERS ?? '127.0.0.1:9092').split(',')
/** `node send-clicks.mjs 2` writes those of the second day. */
const day = Number(argv[2] ?? 1)
const random = seededRandom(day, 'clicks')
let time = Date.UTC(2026, 0, 4 + day, 8)

function click(number) {
  const visitor = random.integer(60)
  const sku = `S${(visitor % 4) + 4 * random.integer(10)}`
  time += 1_000 * random.integer(30)
  const at = new Date(time).toISOString()
  const message = { id: `c${day}-${number}`, at, visitor: { id: `v${visitor}`, agent: 'made up' } }
  const chance = random.uniform()
  if (chance < 0.2) return { ...message, action: 'page_view', page: '/help' }
  if (chance < 0.8) return { ...message, action: 'product_view', product: { sku } }
  const product = { sku, cents: 100 * (5 + random.integer(90)) }
  return { ...message, action: chance < 0.95 ? 'basket_add' : 'order', product }
}

const messages = Array.from({ length: 2_000 }, (_, number) => {
  const message = click(number)
  const value = number % 1_000 === 999 ? '{"action": "product_view", ' : JSON.stringify(message)
  return { key: message.visitor.id, value }
})

const kafka = new Kafka({ brokers, clientId: 'shop', logLevel: logLevel.NOTHING })
const [admin, producer] = [kafka.admin(), kafka.producer()]
await Promise.all([admin.connect(), producer.connect()]).catch(({ message }) => {
  console.error(message)
  exit(1)
})
await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] })
await producer.send({ topic, messages })
await Promise.all([producer.disconnect(), admin.disconnect()])
console.log(`${messages.length} messages written to ${topic}`)
