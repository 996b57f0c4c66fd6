import { type SourceNumber, sourceNumbers } from '../source-numbers.ts'

/** Size and shape of a made-up shop; all of it follows from these numbers. */
export interface Shop {
  users: number
  /** On sale at any one time. */
  items: number
  categories: number
  /** How long it goes on. */
  days: number
  /** Visits of a user a day, on average. */
  visits: number
  /** Part of the items that is new each day; as many go. */
  fresh: number
  seed: number
}

export const shopNumbers: Readonly<Record<keyof Shop, SourceNumber>> = {
  users: { default: 20_000, least: 1, most: 1e7, whole: true },
  items: { default: 5_000, least: 1, most: 1e6, whole: true },
  categories: { default: 40, least: 1, most: 10_000, whole: true },
  days: { default: 7, least: 1, most: 10_000, whole: true },
  visits: { default: 0.15, least: 0.001, most: 100, whole: false },
  fresh: { default: 0.05, least: 0, most: 1, whole: false },
  seed: { default: 1, least: 0, most: 2 ** 32 - 1, whole: true },
}

export const shopOf = (text: string): Shop => sourceNumbers(text, shopNumbers)

/** When the shop opens: 1 January 2024. */
export const shopOpens = Date.UTC(2024, 0, 1)

export const day = 86_400_000
export const hour = 3_600_000
