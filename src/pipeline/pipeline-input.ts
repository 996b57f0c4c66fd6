import type { GivenBehaviours } from '../records/behaviours.ts'
import type { Arm, PipelineDefinition } from '../records/definition.ts'
import type { Rule } from '../records/rules.ts'
import type { FormerLearn, FormerRecommend, WithFormer } from '../settings/renamed.ts'
import type {
  CleanSettings,
  GeneralSettings,
  GuardSettings,
  LearnSettings,
  PlanSettings,
  RecommendSettings,
  Schedule,
  WindowSettings,
} from '../settings/types.ts'

/** What a pipeline must say of itself, and what it may; everything absent has the default that stands beside it. */
export interface PipelineInput
  extends Pick<PipelineDefinition, 'name' | 'reward' | 'scale' | 'source' | 'simulate' | 'decode' | 'available'>,
    Partial<GeneralSettings> {
  /**
   * Event types that are known; any other is a dead letter. As an object, what each means: `{ view: {}, buy: { again: 'never' } }`.
   * Default of what is left out: what the name suggests.
   */
  behaviours: GivenBehaviours
  /** What a definition that this one is made from says of behaviours; of the names in a list. Default: nothing. */
  meanings?: PipelineDefinition['meanings']
  /** Default: empty. */
  description?: string
  /** Range of an event's value. Default: 0 to 1,000,000, not required. */
  value?: Partial<PipelineDefinition['value']>
  /** Default: the event's property "like" is above 0. */
  like?: PipelineDefinition['like']
  /** Default: every attribute as "name=value", every tag as "tag=value". */
  features?: PipelineDefinition['features']
  /** Default: `defaultClean`. */
  clean?: Partial<CleanSettings>
  /** Default: `defaultWindow`. */
  window?: Partial<WindowSettings>
  /** Default: `defaultLearn`. */
  learn?: WithFormer<LearnSettings, FormerLearn>
  /** Default: `defaultRecommend`. */
  recommend?: WithFormer<RecommendSettings, FormerRecommend>
  /** Default: `defaultArms`, today's champion for everybody. */
  arms?: readonly Arm[]
  /** Default: none. */
  rules?: readonly Rule[]
  /** Default: `defaultPlan`. */
  plan?: Partial<PlanSettings>
  /** Default: `defaultGuard`. */
  guard?: Partial<GuardSettings>
  /** Default: a snapshot every 5 minutes, a checkpoint every 10, compaction at 04:00, retention never. */
  schedule?: { [Key in keyof Schedule]?: Schedule[Key] | 'never' }
}
