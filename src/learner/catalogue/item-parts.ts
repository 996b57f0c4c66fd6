import type { Policy } from '../../predictors/baselines/policy.ts'
import type { Ensemble } from '../../predictors/ensemble/ensemble.ts'
import type { Recommender } from '../../ranking/recommender.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { availability } from '../../rules/available.ts'
import { hashText } from '../../state/hash.ts'
import { type ItemTable, itemTable } from '../../state/item-table.ts'
import { intColumn } from '../../state/slot-column.ts'
import type { LiveArms } from '../arms/live-arms.ts'
import type { FeatureTable } from '../features/feature-table.ts'
import type { MayShow } from '../may-show.ts'
import type { ServedLists } from '../served/served-lists.ts'
import type { SteadyLists } from '../served/steady-lists.ts'
import { type KnownItems, knownItems } from './known-items.ts'

/** The items of a learner: who has which slot, and what their topic says of them. */
export interface ItemParts {
  items: ItemTable
  known: KnownItems
  /** To be called before an item is scored: one without events is placed by its features. */
  foresee(slot: number): void
  /**
   * Take items without events from their places again, before anything is saved: which of them were asked about, and when, is
   * no part of what was learned.
   */
  withdraw(): void
  /** The parts were brought to where others stood: no item without events has a place. */
  restored(): void
}

/** In the place of which features counted, where that is not known. */
const placedOnce = -1

/** Every part that holds something of items follows as slots pass from one to another. */
export function itemParts(parts: {
  definition: PipelineDefinition
  show: Pick<MayShow, 'resetItem' | 'changed'>
  learners: readonly Policy[]
  ensemble: Ensemble
  itemFeatures: FeatureTable
  /** They ask for items themselves, so they are there a moment later. */
  lists: () => Recommender
  arms: () => LiveArms
  judged: () => ServedLists
  steady: () => SteadyLists
}): ItemParts {
  const { definition, show, learners, ensemble, itemFeatures, lists, arms, judged, steady } = parts
  const { maxItems } = definition.learn
  /** Which features counted when an item without events was placed last: those that had a place, in the light of an epoch; 0: never. */
  const foreseen = intColumn()

  const begin = (slot: number, id: string, how: { fresh: boolean; known: boolean }) => {
    const hash = hashText(id)
    for (const policy of learners) {
      if (how.fresh && policy.knowItem !== undefined) policy.knowItem(slot, hash)
      else policy.resetItem(slot, hash)
    }
    itemFeatures.reset(slot, hash)
    show.resetItem(slot, id)
    lists().resetItem(slot, how.known)
    arms().resetItem(slot)
    if (!how.known) {
      judged().resetItem(slot)
      steady().resetItem(slot)
    }
    foreseen.reserve(slot + 1)
    foreseen.reset(slot)
  }
  const describe = (slot: number) => {
    itemFeatures.set(slot, known.features(slot))
    arms().settleItem(slot)
  }

  const items = itemTable({
    capacity: maxItems,
    admitted(slot, id, how) {
      begin(slot, id, { fresh: !how.events && !how.used, known: how.known })
      known.admitted(slot, id)
      show.changed(slot)
      if (how.events && !how.known) lists().catalogue.appeared(slot)
    },
    exchanged(from, to) {
      begin(to, items.id(to), { fresh: to >= items.learned, known: true })
      lists().catalogue.exchanged(from, to)
      judged().exchangedItems(from, to)
      steady().exchangedItems(from, to)
      known.exchanged(from, to)
      show.changed(from)
      show.changed(to)
      describe(to)
    },
  })
  const known = knownItems({
    items,
    isAvailable: availability(definition.available),
    remembered: 4 * maxItems,
    described(slot, first) {
      foreseen.reset(slot)
      describe(slot)
      show.changed(slot)
      if (first && !items.hasEvents(slot)) lists().catalogue.came(slot)
    },
  })
  const withdraw = () => {
    for (let slot = 0; slot < items.size; slot++) {
      if (foreseen.data[slot] === 0) continue
      foreseen.data[slot] = 0
      if (!items.hasEvents(slot)) ensemble.foreseeItem(slot, [], [])
    }
  }
  return {
    items,
    known,
    foresee(slot) {
      if (items.hasEvents(slot)) return
      const counting = itemFeatures.epoch * 1024 + ensemble.factorisation.itemPlaces.used
      if (foreseen.data[slot] === counting) return
      foreseen.data[slot] = counting
      const { counted, all } = itemFeatures.tokens(known.features(slot))
      ensemble.foreseeItem(slot, counted, all)
    },
    withdraw,
    restored() {
      foreseen.reserve(items.size)
      for (let slot = 0; slot < items.size; slot++) foreseen.data[slot] = items.hasEvents(slot) ? 0 : placedOnce
      withdraw()
    },
  }
}
