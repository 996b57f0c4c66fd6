import { type Field, flat } from './field.ts'
import { guard, plan } from './groups/arms.ts'
import { general } from './groups/general.ts'
import { clean, window } from './groups/ingest.ts'
import { learn } from './groups/learn.ts'
import { recommend } from './groups/recommend.ts'
import { schedule } from './groups/schedule.ts'

export { general }

/** Every group of settings by its name. */
export const groups = { clean, window, learn, recommend, plan, guard, schedule }

/** What a group is about. */
export const aboutGroup: Readonly<Record<keyof typeof groups, string>> = {
  clean: 'What is not kept of what came in',
  window: 'What ingest holds of users and items',
  learn: 'The learner: its sizes, its networks, its pace',
  recommend: 'Lists: how long, how often, and how items get there',
  plan: 'What agents that plan have in common',
  guard: 'When an arm is taken out by itself, because its users bring less than those of the best one',
  schedule: 'When things are done that no event asks for: cron expressions (node-cron); absent means never',
}

/** One setting of a pipeline: where it stands, its unit, its default, and what is allowed. */
export type Setting = Field & { path: string }

/** Every setting that a definition can give and the command line can change. */
export const settings: readonly Setting[] = flat({ ...general, ...groups }).map(([path, field]) => ({ path, ...field }))
