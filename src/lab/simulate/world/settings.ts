import { RecstreamError } from '../../../errors.ts'

/**
 * What people in a world are like: σ is the logistic function, z a person's taste for an item, c the item's pull (watched
 * more than liked), x = g·S how tired the person is of the item's genres, p·g the interest in them, m the mood, d how dull
 * the last items were. A and q stand for what the person is drawn by and is left with.
 *
 *     const settings: WorldSettings = { ...worlds.saturating, days: 5 }
 *
 * The constants were chosen until planning mattered; nobody measured them on people.
 */
export interface WorldSettings {
  /** Expected watch a = σ(base + taste·z + pull·c + interest·p·g − satiation·x + mood·(m − .5)). */
  appeal: { base: number; taste: number; pull: number; interest: number; satiation: number; mood: number }
  /** Satisfaction q = σ(base + taste·z − pull·c − satiation·x); a like comes with probability like·q. */
  satisfaction: { base: number; taste: number; pull: number; satiation: number; like: number }
  /** Watch w ~ Beta(concentration·a, concentration·(1 − a)); a full watch takes `minutes` of event time. */
  watch: { concentration: number; minutes: number }
  /** S ← kept·S + w·g on each item, and S ← S·e^(−gap / recoveryDays) in a gap. */
  satiation: { kept: number; recoveryDays: number }
  /** p ← p + rate·w·(g − p). */
  interest: { rate: number }
  /** m ← m + rate·(q − m); a person comes with m = start. */
  mood: { start: number; rate: number }
  /** d ← kept·d + (1 − kept)·(1 − w); a session begins with d = start. */
  dullness: { start: number; kept: number }
  /** After each item a session ends with probability base + dull·d² + mood·(1 − m)², after `longest` items surely. */
  hazard: { base: number; dull: number; mood: number; longest: number }
  /** Away for least + Exp(mean·e^(slope·(reference − q̄))) days, q̄ the mean satisfaction of the session. */
  away: { least: number; mean: number; slope: number; reference: number }
  /** Days that a person stays before somebody else takes the slot. */
  days: number
  /** How many of the last items shown to a person are barred. */
  barred: number
}

const full: WorldSettings = {
  appeal: { base: -0.3, taste: 0.8, pull: 0.7, interest: 1, satiation: 0.5, mood: 3 },
  satisfaction: { base: 0.3, taste: 1, pull: 0.7, satiation: 0.5, like: 0.4 },
  watch: { concentration: 4, minutes: 5 },
  satiation: { kept: 0.9, recoveryDays: 0.25 },
  interest: { rate: 0.01 },
  mood: { start: 0.6, rate: 0.2 },
  dullness: { start: 0.4, kept: 0.6 },
  hazard: { base: 0.01, dull: 0.12, mood: 0.12, longest: 60 },
  away: { least: 0.02, mean: 0.3, slope: 3, reference: 0.6 },
  days: 10,
  barred: 100,
}

/** The worlds that have a name. */
export const worlds = {
  /** People tire of a genre fast; the default. */
  saturating: {
    ...full,
    appeal: { ...full.appeal, satiation: 1.2 },
    satisfaction: { ...full.satisfaction, satiation: 1.2 },
  },
  full,
  /** What draws people does not leave them less satisfied. */
  'no-bait': { ...full, satisfaction: { ...full.satisfaction, pull: 0 } },
  /** Nothing that is shown changes anything later: planning must gain nothing here. */
  static: {
    ...full,
    appeal: { ...full.appeal, interest: 0, satiation: 0, mood: 0 },
    satisfaction: { ...full.satisfaction, pull: 0 },
    mood: { ...full.mood, rate: 0 },
    hazard: { ...full.hazard, base: 0.05, dull: 0, mood: 0 },
    away: { ...full.away, slope: 0 },
  },
} as const satisfies Record<string, WorldSettings>

export type WorldName = keyof typeof worlds

/** A world's settings by its name; another name is CONFIG_INVALID. */
export function worldNamed(name: string): WorldSettings {
  if (Object.hasOwn(worlds, name)) return worlds[name as WorldName]
  throw new RecstreamError(
    'CONFIG_INVALID',
    `There is no world "${name}"; the worlds are ${Object.keys(worlds).join(', ')}.`,
  )
}
