import { definePipeline, seededRandom } from 'recstream'

/** A market whose events are not all good: repeats, a robot, behaviours that are not known, values out of range. */
const users = 20
const stalls = 30
const begins = Date.UTC(2026, 0, 1)
const worth = { look: 0.1, taste: 0.5, buy: 1 }

function* events() {
  const random = seededRandom(7, 'market')
  for (let k = 0; k < 400; k++) {
    const user = random.integer(users)
    const item = random.integer(stalls)
    const event = {
      eventId: k % 41 === 40 ? `e${k - 1}` : `e${k}`,
      userId: `u${user}`,
      itemId: `i${item}`,
      behaviour: (user + item) % 3 === 0 ? 'buy' : random.uniform() < 0.5 ? 'taste' : 'look',
      time: begins + 20_000 * k - (k % 17 === 16 ? 300_000 : 0),
      value: random.integer(9),
      properties: { hour: k % 24 },
      recommendationId: null,
    }
    if (k % 53 === 52) yield { ...event, behaviour: 'stare' }
    else if (k % 59 === 58) yield { ...event, value: -1 }
    else yield event
  }
  for (let k = 0; k < 12; k++) {
    const time = begins + 9_000_000 + k
    yield { eventId: `r${k}`, userId: 'robot', itemId: `i${k}`, behaviour: 'look', time, value: null, properties: {} }
  }
}

export default definePipeline({
  name: 'market',
  behaviours: Object.keys(worth),
  value: { min: 0, max: 100 },
  reward: ({ behaviour }) => worth[behaviour],
  like: ({ behaviour }) => behaviour === 'buy',
  features: { context: ({ properties }) => (properties.hour === undefined ? [] : [`hour=${properties.hour}`]) },
  scale: { kind: 'watch', positiveFrom: 0.5 },
  clean: { botLimit: 8 },
  window: { shortLength: 4 },
  learn: { blockSize: 64, gateEvents: 100, checkpointEvery: 100 },
  recommend: { everyMs: 60_000, length: 5, epsilon: 0.3 },
  source: {
    folder: 'market',
    kind: 'text',
    read: () => ({
      name: 'market',
      profiles: () =>
        Array.from({ length: users }, (_, k) => ({
          userId: `u${k}`,
          attributes: { age: `${20 + k}`, side: `${k % 3}` },
        })),
      items: () =>
        Array.from({ length: stalls }, (_, k) => ({
          itemId: `i${k}`,
          title: `Stall ${k}`,
          attributes: { side: `${k % 3}` },
          tags: ['stall'],
        })),
      events,
    }),
  },
})
