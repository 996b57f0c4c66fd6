import type { EnrichedEvent } from '../../records/warehouse.ts'
import type { BlockBuilder } from './block-builder.ts'
import type { UserState } from './user-state.ts'

/**
 * Put one kept event into its user's sequence: marks it late or not, counts it, hands the sequence to the block and
 * moves the short window on.
 *
 * A late event goes where its time belongs in the short window; older than all of a full one, it leaves it unchanged.
 * The window therefore always holds the last `shortLength` records by (time, row), which is what SQL restores.
 */
export function windowEvent(event: EnrichedEvent, user: UserState, shortLength: number, blocks: BlockBuilder): void {
  event.late = event.time < user.lastTime
  user.count += 1
  event.count = user.count
  blocks.add(event, user)
  if (event.time > user.lastTime) user.lastTime = event.time
  let place = user.times.length
  while (place > 0 && user.times[place - 1]! > event.time) place -= 1
  if (user.times.length < shortLength) {
    user.items.splice(place, 0, event.itemId)
    user.times.splice(place, 0, event.time)
    user.rewards.splice(place, 0, event.reward)
  } else if (place > 0) {
    // Shift in place: no allocation on the hot path.
    const { items, times, rewards } = user
    for (let k = 1; k < place; k++) {
      items[k - 1] = items[k]!
      times[k - 1] = times[k]!
      rewards[k - 1] = rewards[k]!
    }
    items[place - 1] = event.itemId
    times[place - 1] = event.time
    rewards[place - 1] = event.reward
  }
}
