import type { Choice, Choosing, PlanningAgent, ScorePart, UserIndex } from '../../agents/planning-agent.ts'
import { createPlanningAgent } from '../../agents/registry.ts'
import { armOfUser, type ShareOfArm } from '../../arms/arm-of-user.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import { itemTags } from '../../ranking/item-tags.ts'
import { recentItems } from '../../ranking/recent-items.ts'
import type { Arm, PipelineDefinition } from '../../records/definition.ts'
import type { ArmIndex } from '../../records/model-version.ts'
import { hashText } from '../../state/hash.ts'
import type { Random } from '../../state/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { doubleColumn, intColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows, userColumns } from '../../state/user-rows.ts'
import type { MayShow, Showing } from '../may-show.ts'
import { lastLists } from './last-list.ts'
import type { LearnerCatalogue } from './learner-catalogue.ts'
import { oncePerUser } from './once-per-user.ts'
import { type OtherChoice, otherArms } from './other-arms.ts'

/** An event as agents see it. */
export interface ArmEvent {
  item: number
  /** The user has had to do with the item before; absent: not known. */
  met?: boolean
  reward: number
  like: number
  time: number
  /** Row number behind the list that it answers, 0 if none. */
  answers: number
}

/** An index as it is used for a user, themes by what people call them; null: by no word. */
export type NamedIndex = Omit<UserIndex, 'tired'> & {
  tired: (Omit<UserIndex['tired'][number], 'theme'> & { theme: string | null })[]
}

/** How a list is to be that somebody asks for. */
export interface AskedChoosing {
  length: number
  chance: Random
  showing: Showing
  /** Items must fit it, beside what may be shown. */
  fits: ((item: number) => boolean) | undefined
}

/** The arms of a learner: whom each serves, and the agents of those that plan. */
export interface LiveArms {
  readonly arms: readonly Arm[]
  /** The agents in the order of their arms; the champion's arms have none. */
  readonly agents: readonly PlanningAgent[]
  /** The place of the arm that a user belongs to now. */
  of(user: number): number
  /** The arm of somebody who has no slot. */
  ofId(userId: string): number
  /** Other shares hold from now on; users move as the hash says. */
  share(shares: readonly number[]): void
  /** Whether an arm's lists come from an agent. */
  plans(arm: number): boolean
  /** Every agent sees every event, whoever's list it answers; a late one is seen by none, for it would break the user's order. */
  observe(user: number, event: ArmEvent, learn: boolean): void
  /** Training steps that are due after so many sequences. */
  train(sequences: number): void
  /** A block of sequences has ended: agents see what was learned of items by now. */
  endBlock(): void
  /** The list that an arm's agent makes for a user; `row` is of the event that gives rise to it. */
  list(user: number, arm: number, time: number, row: number): Choice[]
  /** A list that somebody asks for: nothing changes by it, and it is answered by no event that agents learn from. */
  listAsked(user: number, arm: number, time: number, how: AskedChoosing): Choice[]
  /** What an item's score comes of in a list that an arm's agent made just now; nothing where it has no parts. */
  why(user: number, arm: number, time: number, item: number): ScorePart[]
  /** The indexes by which agents rank, as they are learned by now. */
  indexes(): ArmIndex[]
  /** What the index of an arm's agent makes of a user in a list that is made now; null where there is none. */
  userIndex(user: number, arm: number, time: number): NamedIndex | null
  /** What the agents of the other arms would have done where an item was shown first; none unless lists are to say it. */
  others(user: number, arm: number, time: number, shown: number, how?: AskedChoosing): OtherChoice[]
  resetUser(user: number): void
  /** A user has another id, by which their arm is found from now on. */
  renamed(user: number): void
  /** Whoever has this slot is forgotten: no agent learns from them again. */
  forget(user: number): void
  resetItem(item: number): void
  /** The features of an event's item have been taken in. */
  settleItem(item: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays, users: number): void
  dispose(): void
}

/**
 * Arms as a definition names them. Without agents they cost a user's hash, once.
 *
 *     const arm = arms.of(user)
 *     if (arms.plans(arm)) arms.list(user, arm, time, row)
 */
export function liveArms(options: {
  definition: Pick<PipelineDefinition, 'arms' | 'plan' | 'recommend' | 'learn'>
  tf: TensorFlow
  catalogue: LearnerCatalogue
  show: Pick<MayShow, 'to' | 'comesBack' | 'rules'>
  userId: (slot: number) => string
  /** Users' rows may be on disk. */
  rows?: UserRows
}): LiveArms {
  const { tf, catalogue, show, userId, rows = everyRow } = options
  const { arms, plan, recommend, learn } = options.definition
  const tags = itemTags()
  const planners = arms.map(arm => {
    if (arm.policy === 'champion') return null
    const agent = agentOf(arm, { tf, catalogue, seed: learn.seed })
    return arm.policy === 'popularity' ? oncePerUser(agent, tags, rows) : agent
  })
  const agents = planners.filter(agent => agent !== null)
  const asked = otherArms(arms, planners, learn.seed)
  let standing: readonly ShareOfArm[] = arms
  const places = intColumn(1, -1)
  const recent = recentItems(Math.max(1, plan.exclude), tags, rows)
  const history = new Int32Array(recent.length)
  const lasts = lastLists(recommend.length, rows)
  const times = doubleColumn(1, Number.NaN)
  const ofUsers = userColumns({ times }, rows)
  /** Number of the list for which an item was among the user's last ones. */
  let shown = new Int32Array(0)
  let lists = 0
  let fresh = -1

  /** What may be shown, without the user's last items as far as the others fill a list; the older ones are let in first. */
  const allowed = (
    user: number,
    time: number,
    { showing, fits, length = recommend.length }: Partial<AskedChoosing>,
  ): ((item: number) => boolean) => {
    const shows = show.to(user, time, showing)
    const may = fits === undefined ? shows : (item: number) => fits(item) && shows(item)
    const held = Math.min(recent.read(user, history), plan.exclude)
    if (held === 0) return may
    if (shown.length < catalogue.itemCount) {
      shown = new Int32Array(2 * catalogue.itemCount)
      lists = 0
    }
    lists += 1
    for (let h = 0; h < held; h++) if (history[h]! >= 0) shown[history[h]!] = lists
    let left = 0
    for (let item = 0; item < catalogue.itemCount && left < length; item++) {
      if (shown[item] !== lists && may(item)) left += 1
    }
    for (let h = held - 1; h >= 0 && left < length; h--) {
      const item = history[h]!
      if (item < 0 || shown[item] !== lists || !may(item)) continue
      shown[item] = 0
      left += 1
    }
    return item => shown[item] !== lists && may(item)
  }

  const choosing = (user: number, time: number, length: number, how: Partial<AskedChoosing> = {}): Choosing => {
    const may = allowed(user, time, how)
    return { time, length, allowed: may, rules: show.rules?.places ?? null, explore: true, chance: how.chance }
  }

  return {
    ...{ arms, agents },
    of(user) {
      if (arms.length === 1) return 0
      if (places.data[user]! < 0) places.data[user] = armOfUser(userId(user), standing)
      return places.data[user]!
    },
    ofId: id => (arms.length === 1 ? 0 : armOfUser(id, standing)),
    share(shares) {
      standing = arms.map(({ name }, arm) => ({ name, share: shares[arm]! }))
      places.data.fill(-1)
    },
    plans: arm => planners[arm] !== null,
    observe(user, { item, met = false, reward, like, time, answers }, learn) {
      if (agents.length === 0) return
      const row = rows.of(user)
      const before = times.data[row]!
      if (time < before) return
      const decided = Number.isNaN(before) ? time : before
      const shownBy = lasts.arm(user, answers)
      const propensity = shownBy < 0 ? 0 : lasts.propensity(user, item)
      for (let arm = 0; arm < planners.length; arm++) {
        const shown = { item, again: met, reward, like, time, decided, propensity: arm === shownBy ? propensity : 0 }
        planners[arm]?.observe(user, shown, learn)
      }
      catalogue.met(item, time)
      recent.add(user, item)
      times.data[row] = time
    },
    train(sequences) {
      for (const agent of agents) if (sequences % agent.trainEvery === 0) agent.train()
    },
    endBlock() {
      if (agents.length > 0) catalogue.refresh()
    },
    list(user, arm, time, row) {
      const choices = planners[arm]!.choose(user, choosing(user, time, recommend.length))
      if (choices.length > 0) lasts.note(user, arm, row, choices)
      return choices
    },
    listAsked: (user, arm, time, how) => planners[arm]!.choose(user, choosing(user, time, how.length, how)),
    why: (user, arm, time, item) => planners[arm]?.why?.(user, { time, explore: true }, item) ?? [],
    indexes: () =>
      planners.flatMap((agent, arm) => {
        const index = agent?.index?.()
        return index === undefined ? [] : [{ arm: arms[arm]!.name, ...index }]
      }),
    userIndex(user, arm, time) {
      const index = planners[arm]?.userIndex?.(user, { time, explore: true })
      if (index === undefined) return null
      const { themeName } = catalogue.itemFacts()
      return { ...index, tired: index.tired.map(each => ({ ...each, theme: themeName?.(each.theme) ?? null })) }
    },
    others(user, arm, time, shown, how) {
      if (agents.length === 0 || recommend.alternatives === 'no') return []
      const of = (other: number) => ({ ...how, showing: { ...how?.showing, arm: other } })
      return asked.ask({ arm, user, shown, chance: how?.chance }, other => choosing(user, time, 1, of(other)))
    },
    renamed: user => places.reset(user),
    forget(user) {
      for (const agent of agents) agent.forgetUser(user)
    },
    resetUser(user) {
      places.reserve(user + 1)
      places.reset(user)
      if (agents.length === 0) return
      for (const agent of agents) agent.resetUser(user)
      ofUsers.reset(user)
      lasts.reset(user)
      recent.reset(user)
      catalogue.resetUser(user)
    },
    resetItem(item) {
      if (agents.length === 0) return
      tags.reset(item)
      catalogue.resetItem(item)
      fresh = item
    },
    settleItem(item) {
      if (item !== fresh) return
      catalogue.admittedItem(item)
      fresh = -1
    },
    save(users, items) {
      if (agents.length === 0) return {}
      const saved = planners.map((agent, arm) => prefixed(`agent.${arms[arm]!.name}`, agent?.save(users) ?? {}))
      return Object.assign(
        {
          ...ofUsers.save(users),
          ...prefixed('others', asked.save()),
          ...prefixed('tags', tags.save(items)),
          ...prefixed('lists', lasts.save(users)),
          ...prefixed('recent', recent.save(users)),
          ...prefixed('catalogue', catalogue.save(users, items)),
        },
        ...saved,
      )
    },
    restore(arrays, users) {
      places.reserve(users)
      places.data.fill(-1)
      if (agents.length === 0) return
      asked.restore(withPrefix('others', arrays))
      ofUsers.restore(arrays)
      tags.restore(withPrefix('tags', arrays))
      lasts.restore(withPrefix('lists', arrays))
      recent.restore(withPrefix('recent', arrays))
      catalogue.restore(withPrefix('catalogue', arrays))
      for (const [arm, agent] of planners.entries()) agent?.restore(withPrefix(`agent.${arms[arm]!.name}`, arrays))
    },
    dispose() {
      for (const agent of agents) agent.dispose()
    },
  }
}

/** Two arms of one policy are two agents, each with chances of its own. */
function agentOf(
  { name, policy, options = {} }: Arm,
  { tf, catalogue, seed }: { tf: TensorFlow; catalogue: LearnerCatalogue; seed: number },
): PlanningAgent {
  return createPlanningAgent(policy, { tf, catalogue, seed: hashText(`${seed} ${name}`), options })
}
