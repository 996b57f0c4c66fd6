import { seededRandom } from 'recstream'

/*
 * Readers who do not exist, so that there is something to see at once. Replace it by a reader of your own files, or leave
 * `source` out and send events to the topic news.behaviour-events.
 */

const topics = ['politics', 'sport', 'science', 'culture']
const readers = 80
const articlesADay = 24
const visitsADay = 100
const begins = Date.UTC(2026, 0, 5)
const hour = 3_600_000
const day = 24 * hour

export const topicOf = article => topics[article % topics.length]
export const favourite = reader => topics[reader % topics.length]
export const publishedAt = article =>
  begins + Math.floor(article / articlesADay) * day + (article % articlesADay) * hour

function* items(days) {
  for (let k = 0; k < days * articlesADay; k++) {
    const [date] = new Date(publishedAt(k)).toISOString().split('T')
    yield { itemId: `a${k}`, title: `${topicOf(k)} ${k}`, attributes: { topic: topicOf(k), date }, tags: [] }
  }
}

/** Visits of two to nine articles: each is clicked on and read for as long as it is liked, or passed over. */
function* events(days) {
  const random = seededRandom(1, 'news')
  let number = 0
  for (let visit = 0; visit < days * visitsADay; visit++) {
    const reader = random.integer(readers)
    let time = begins + 2 * hour + Math.floor(((visit + random.uniform()) * day) / visitsADay)
    const newest = Math.min(days * articlesADay - 1, Math.floor((time - begins) / hour))
    for (let place = 1, shown = 2 + random.integer(8); place <= shown; place++) {
      // Mostly what is new, and of that mostly the favourite topic.
      let back = Math.floor(random.uniform() ** 3 * Math.min(newest, 36))
      if (random.uniform() < 0.5) while (topicOf(newest - back) !== favourite(reader) && back < newest) back++
      const article = newest - back
      const taste = topicOf(article) === favourite(reader) ? 0.8 : 0.3
      const clicked = random.uniform() < taste * Math.max(0.4, 1 - back / 48)
      const seconds = clicked ? Math.round(150 * taste * (0.5 + random.uniform())) : null
      const ageHours = Math.round((10 * (time - publishedAt(article))) / hour) / 10
      time += 1_000 * ((seconds ?? 0) + 2 + random.integer(9))
      yield {
        eventId: `news-${number++}`,
        userId: `r${reader}`,
        itemId: `a${article}`,
        behaviour: clicked ? 'click' : 'skip',
        time,
        value: seconds,
        properties: { ageHours, place },
        recommendationId: null,
      }
    }
  }
}

export function madeUpNews(days) {
  return { name: 'made-up-news', profiles: () => [], items: () => items(days), events: () => events(days) }
}
