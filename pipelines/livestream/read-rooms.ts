import { type BehaviourEvent, type Item, readGenerated, type SourceReader, seededRandom } from '../../src/index.ts'

/** Of those who watched a visit to its end, this share likes it and this share sends a gift. */
const likes = 0.4
const gifts = 0.08

/** What a gift costs, coins. */
const gift = 20

/** A visit that holds nobody longer is this long, seconds. */
const longest = 600

/**
 * Made-up visits to live rooms, from the same numbers as the generated source; its viewers are guests, its items rooms.
 *
 *     readRooms('events=1000000,users=20000,items=5000,seed=1')
 *
 * Whoever watches a larger share likes and gives more often, so that the three parts of the reward agree, but not always.
 */
export function readRooms(numbers: string): SourceReader {
  const source = readGenerated(numbers)
  return {
    ...source,
    name: `livestream/${source.name}`,
    *items() {
      for (const { itemId, tags } of source.items() as Iterable<Item>) {
        yield { itemId, title: `Room ${itemId.slice(1)}`, attributes: {}, tags }
      }
    },
    *events() {
      for (const view of source.events() as Iterable<BehaviourEvent>) yield visitOf(view)
    },
  }
}

/** What is drawn belongs to the event's id, so that a repeat is the same visit. */
function visitOf(view: BehaviourEvent): BehaviourEvent {
  const share = view.value!
  return {
    ...view,
    behaviour: 'watch',
    value: Math.round(share * longest),
    properties: {
      like: draw(view.eventId!, 'like') < likes * share ? 1 : 0,
      gift: draw(view.eventId!, 'gift') < gifts * share ? gift : 0,
    },
  }
}

function draw(id: string, what: string): number {
  return seededRandom(0, `${id} ${what}`).uniform()
}
