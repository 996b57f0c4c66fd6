import { noAttributes } from '../../records/attribute-value.ts'
import type { Answer, ItemsQuestion, Standing } from '../../records/question.ts'
import type { itemFilters } from '../../rules/filter.ts'
import type { Asked } from './asked.ts'
import { mostPlaces, timeOf } from './list-answer.ts'

/** Items for everybody: those like one, popular ones, new ones; none that rules about items alone hide, or that is not available. */
export function itemsAnswer(
  { parts }: Asked,
  filters: ReturnType<typeof itemFilters>,
): (question: ItemsQuestion, standing: Standing) => Answer {
  const { items, known, lists, show } = parts
  const everybody = { user: { id: '', attributes: noAttributes, events: 0 }, context: {} }

  const isOf = (item: number, category: string | null): boolean =>
    category === null || known.tags(item).includes(category) || String(known.attributes(item)['category']) === category

  const newest = (most: number, allowed: (item: number) => boolean) => {
    const { order } = lists.catalogue
    const best: number[] = []
    for (const item of known.available(items.size)) {
      if (best.length === most && order(item) <= order(best.at(-1)!)) continue
      if (!allowed(item)) continue
      let place = best.length
      while (place > 0 && order(best[place - 1]!) < order(item)) place -= 1
      best.splice(place, 0, item)
      if (best.length > most) best.pop()
    }
    return best.map((item, place) => ({ item, score: 1 - place / best.length }))
  }

  return ({ kind, itemId, category, count, filter: wanted, now }, standing) => {
    const filter = wanted === null ? null : filters(wanted, { ...everybody, time: timeOf(now, standing.eventTime) })
    if (typeof filter === 'string') return { kind: 'refused', message: `The filter ${filter}.`, standing }
    const allowed = (item: number) =>
      known.isAvailable(item) && show.showsAll(item) && isOf(item, category) && (filter === null || filter.fits(item))
    const most = Math.min(count, mostPlaces)
    const like = kind === 'similar' ? items.find(itemId ?? '') : -1
    if (kind === 'similar' && like < 0) return { kind: 'unknown-item', standing }
    const found =
      kind === 'similar'
        ? lists.asked.alike(like, { most, items: items.size, allowed })
        : kind === 'popular'
          ? lists.asked.popular({ most, allowed })
          : newest(most, allowed)
    return {
      kind: 'items',
      items: found.map(({ item, score }) => ({ itemId: items.id(item), title: known.title(item), score })),
      standing,
    }
  }
}
