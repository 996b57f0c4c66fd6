import type { PlanningAgent, Shown } from '../../agents/planning-agent.ts'
import type { ItemTags } from '../../ranking/item-tags.ts'
import { ownChannels, ownItems } from '../../ranking/own-items.ts'
import { prefixed, withPrefix } from '../../state/saved-arrays.ts'
import { everyRow } from '../../state/user-rows.ts'

/** Items of a user whose rewards are remembered. */
const remembered = 40

/**
 * An agent that counts rewards of everybody, held to people: what one user gives an item in all is the highest reward that
 * came of it, however often it came.
 *
 *     const agent = oncePerUser(popularityAgent({ catalogue }), tags)
 *     agent.observe(user, { item: 3, reward: 0.1, … }, true)
 *     agent.observe(user, { item: 3, reward: 1, again: true, … }, true)   // the popularity agent sees .9
 *     agent.observe(user, { item: 3, reward: 1, again: true, … }, true)   // nothing
 *
 * Of items that a user had to do with long ago nothing more is learned. 24 bytes an item of a user, 40 items of each.
 */
export function oncePerUser(agent: PlanningAgent, tags: ItemTags, rows = everyRow): PlanningAgent {
  const own = ownItems(remembered, tags, { rows })
  return {
    ...agent,
    observe(user, shown: Shown & { again?: boolean }, learn) {
      const { item, reward, time } = shown
      const place = own.find(user, item)
      const known = place >= 0 ? own.values[place * ownChannels + 2]! : shown.again === true ? 1 : 0
      if (learn) own.note(user, item, time, Math.max(reward, known), 0)
      const more = reward - known
      agent.observe(user, { ...shown, reward: Math.max(0, more) }, learn && more > 0)
    },
    resetUser(user) {
      own.reset(user)
      agent.resetUser(user)
    },
    forgetUser(user) {
      own.reset(user)
      agent.forgetUser(user)
    },
    save: users => ({ ...agent.save(users), ...prefixed('people', own.save(users)) }),
    restore(arrays) {
      agent.restore(arrays)
      own.restore(withPrefix('people', arrays))
    },
  }
}
