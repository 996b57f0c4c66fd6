import { existsSync, readFileSync } from 'node:fs'

const folder = new URL('../../shared/data/ml-100k/', import.meta.url)
export const movieLensIsHere = existsSync(new URL('u.data', folder))
if (!movieLensIsHere)
  console.warn('SKIPPED: MovieLens 100K is not at ../shared/data/ml-100k, so nothing is tested on real ratings.')

/** The first ratings by time, with the genres of each film and each user's gender, age and occupation. */
export function firstRatings(count: number) {
  const lines = (name: string) => readFileSync(new URL(name, folder), 'latin1').trim().split('\n')
  const users = new Map(
    lines('u.user').map(line => {
      const [id, age, gender, occupation] = line.split('|')
      return [
        id!,
        JSON.stringify([`age=${Math.floor(Number(age) / 10)}`, `gender=${gender}`, `occupation=${occupation}`]),
      ]
    }),
  )
  const items = new Map(
    lines('u.item').map(line => {
      const [id, , , , , ...genres] = line.split('|')
      return [id!, JSON.stringify(genres.flatMap((is, k) => (is === '1' ? [`genre=${k}`] : [])))]
    }),
  )
  return lines('u.data')
    .map(line => line.split('\t') as [string, string, string, string])
    .sort((a, b) => Number(a[3]) - Number(b[3]))
    .slice(0, count)
    .map(([user, item, rating, seconds]) => ({
      user,
      item,
      time: Number(seconds) * 1000,
      reward: (Number(rating) - 1) / 4,
      userFeatures: users.get(user)!,
      itemFeatures: items.get(item)!,
    }))
}
