import type { ItemTags } from '../item-tags.ts'
import { type OwnItems, ownChannels } from '../own-items.ts'
import type { CandidateSource } from './candidate-source.ts'

/** What the user looked at, had or did before and is not against, newest first; for pipelines in which items may come back. */
export function ownSource(own: OwnItems, tags: Pick<ItemTags, 'slot'>): CandidateSource {
  return {
    find({ user, allowed }, into, room) {
      const { values } = own
      let count = 0
      for (let place = own.to(user) - 1, first = own.from(user); place >= first && count < room; place--) {
        if (values[place * ownChannels + 2]! < 0) continue
        const item = tags.slot(own.tags[place]!)
        if (item >= 0 && allowed(item)) into[count++] = item
      }
      return count
    },
  }
}
