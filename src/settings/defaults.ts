import { defaultsOf } from './field.ts'
import { general, groups } from './settings.ts'
import type {
  CleanSettings,
  GeneralSettings,
  GuardSettings,
  LearnSettings,
  PlanSettings,
  RecommendSettings,
  Schedule,
  WindowSettings,
} from './types.ts'

export const defaultGeneral: GeneralSettings = defaultsOf(general)

/**
 * A person enters no more than 120 events a minute; an id is a duplicate within a day of event time.
 *
 * Two generations of 200,000 ids are kept: a repeat that comes after more than 400,000 other events is not recognised,
 * whatever its time.
 */
export const defaultClean: CleanSettings = defaultsOf(groups.clean)

/** Five records; half a million users and as many items take about 400 MB when all are there. */
export const defaultWindow: WindowSettings = defaultsOf(groups.window)

/**
 * Learning settings that hold up on ratings and on watch time alike.
 *
 *     learn: { ...defaultLearn, seed: 7 }
 */
export const defaultLearn: LearnSettings = defaultsOf(groups.learn)

/**
 * List settings: ten items out of at most a hundred candidates, at most one list per user and hour of event time.
 *
 *     recommend: { ...defaultRecommend, everyMs: 0 }   // a list at every event
 */
export const defaultRecommend: RecommendSettings = defaultsOf(groups.recommend)

/**
 * Agents see what the learner has learned of users and items, and show nobody what was among their last hundred items.
 *
 *     plan: { vectorSize: 27, profileSize: 9 }   // they see the numbers that features give instead
 */
export const defaultPlan: PlanSettings = defaultsOf(groups.plan)

/** A user's week counts; no arm is judged by fewer than a hundred of them. */
export const defaultGuard: GuardSettings = defaultsOf(groups.guard)

/** A snapshot every 5 minutes, a checkpoint every 10, compaction at 04:00, retention never. */
export const defaultSchedule = defaultsOf(groups.schedule) as Schedule
