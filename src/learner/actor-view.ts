import { formRules } from '../agents/ddpg-la/residual/forms.ts'
import { gapFeature } from '../predictors/ensemble/gap-feature.ts'
import type { ItemScores } from '../ranking/scored-candidates.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { LearnerParts } from './learner-parts.ts'

/**
 * What the actor of DDPG-LA sees of one user at a time, and what it predicts from that.
 *
 *     view.readWindow(block, from, count, user)      // the window that stood before the event
 *     view.observe(user, time, gap)                        // that window, the long interest and the profile
 *     view.correct(user, item, time, base)           // once per item
 *
 * The arrays are overwritten by the next call.
 */
export interface ActorView {
  /** The recurrent state that stands before the window. */
  readonly hidden: Float64Array
  readonly cell: Float64Array
  readonly profile: Float64Array
  /** The item that was predicted last. */
  readonly candidate: Float64Array
  /** Read a sequence's short window, the last of its `count` records from `from` on. */
  readWindow(block: InterestBlock, from: number, count: number, user: number): void
  /** The window as it stands now, of what the learner noted itself. */
  recallWindow(user: number): void
  /** Somebody without records. */
  clearWindow(): void
  /** Let the actor take in the window, the user's interest and profile; `gap` is since the window's last record. */
  observe(user: number, time: number, gap: number): void
  /** The reward that DDPG-LA alone expects of an item for the user observed; `base` is what the policy that it corrects comes to. */
  correct(user: number, item: number, time: number, base: number): number
  /** What actor and critic expect of items for the user observed. */
  itemScores(user: number, time: number): ItemScores
}

export function actorView(parts: LearnerParts, hiddenSize: number): ActorView {
  const { numbers, interest, agent, actor, critic, window, items, biased, earned, show } = parts
  const { action } = formRules(agent.options.form, agent.options.loss)
  const positions = window.vectors.length
  const profile = new Float64Array(numbers.profileSize)
  const candidate = new Float64Array(numbers.candidateSize)
  const hidden = new Float64Array(hiddenSize)
  const cell = new Float64Array(hiddenSize)
  const correct = (user: number, item: number, time: number, base: number): number => {
    numbers.candidate(candidate, user, item, time, base)
    return action(base, actor.delta(candidate))
  }
  return {
    hidden,
    cell,
    profile,
    candidate,
    readWindow(block, from, count, user) {
      window.clear()
      let before = interest.leftTime(user)
      for (let k = from + Math.max(0, count - positions); k < from + count; k++) {
        const item = items.find(block.items[block.shortItem[k]!]!.id)
        const time = block.shortTime[k]!
        const reward = block.shortReward[k]!
        if (!inRange(reward, time)) continue
        const noted = interest.residual(user, item, time)
        const residual = Number.isNaN(noted) ? reward - biased.predict(user, Math.max(item, 0), time) : noted
        window.push(item, time, reward, residual, gapFeature(time - before))
        before = time
      }
    },
    recallWindow(user) {
      window.clear()
      let before = interest.leftTime(user)
      for (const { item, time, reward, residual } of interest.noted(user)) {
        window.push(item, time, reward, residual, gapFeature(time - before))
        before = time
      }
    },
    clearWindow: window.clear,
    observe(user, time, gap) {
      numbers.profile(profile, user, time, gap)
      interest.read(user, hidden, cell)
      actor.observe(window.vectors, hidden, cell, profile)
    },
    correct,
    itemScores(user, time) {
      const trained = agent.options.criticWeight > 0
      let observed = false
      let base = 0
      return {
        expect(item) {
          const met = show.met(user, item)
          base = earned.baseline(earned.basePolicy, user, item, time, met)
          const beside = earned.beside(policy => earned.baseline(policy, user, item, time, met), met)
          return earned.own(beside, correct(user, item, time, base), met)
        },
        value(expected) {
          // A critic that is left out of training knows nothing.
          if (!trained) return 0
          // Every event has item scores and few are asked for a value: what items share waits for the first.
          if (!observed) critic.observe(actor.shared)
          observed = true
          return critic.value(candidate, expected, base)
        },
      }
    },
  }
}

/** Whether an event can be learned from, or be looked back at. */
export const inRange = (reward: number, time: number): boolean => reward >= 0 && reward <= 1 && Number.isFinite(time)
