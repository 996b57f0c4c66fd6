import { definePipeline } from 'recstream'
import { madeUpNews } from './made-up-news.mjs'

/** Somebody who reads this long has read it, seconds. */
const readThrough = 120

/** A click alone may be a disappointment; the time that somebody reads is what counts. What is passed over is worth nothing. */
function reward({ behaviour, value }) {
  return behaviour === 'click' ? 0.2 + 0.8 * Math.min(1, (value ?? 0) / readThrough) : 0
}

/** How old the article is as it is shown, in steps. */
export function freshness(hours) {
  if (hours < 1) return 'breaking'
  if (hours < 6) return 'fresh'
  return hours < 24 ? 'today' : 'old'
}

export default definePipeline({
  name: 'news',
  description: 'A news site: short visits, articles that are old by tomorrow',
  // One event for each article that was shown: a second one for the same would teach that a click is followed by reading.
  // News is read once, and what was passed over is old the next time.
  behaviours: { click: { again: 'never', target: true }, skip: { again: 'never', against: true } },
  // Of a click, the seconds until the article was left.
  value: { min: 0, max: 3_600 },
  reward,
  like: ({ behaviour, value }) => behaviour === 'click' && value >= readThrough,
  scale: { kind: 'watch', positiveFrom: 0.5 },
  features: {
    // What is known before the outcome: how old the article is by now, and which one of the visit it is.
    context: ({ properties: { ageHours, place } }) => [
      ...(ageHours === undefined ? [] : [`age=${freshness(ageHours)}`]),
      ...(place === undefined ? [] : [`place=${place <= 3 ? place : 'later'}`]),
    ],
  },
  // A visit is short: the last three articles say what it is about.
  window: { shortLength: 3 },
  // Articles that nobody is shown any more are forgotten, so that lists are of new ones.
  learn: { maxItems: 48 },
  // A list after every event.
  recommend: { length: 5, everyMs: 0, recent: 20 },
  // What --source gives: how many days to make up.
  source: { kind: 'text', folder: '5', read: days => madeUpNews(Number(days)) },
})
