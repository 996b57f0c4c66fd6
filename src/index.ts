export { defaultArms, defaultGuard, defaultPlan } from './arms/defaults.ts'
export type { ErrorCode } from './errors.ts'
export { codes, RecstreamError } from './errors.ts'
export type { EmbeddedLog } from './log/embedded/embedded-log.ts'
export { openEmbeddedLog } from './log/embedded/embedded-log.ts'
export type {
  Log,
  LogRecord,
  OutgoingRecord,
  PartitionRange,
  Position,
  Producer,
  Reader,
  ReaderOptions,
  TopicSpec,
} from './log/log.ts'
export type { PipelineInput } from './pipeline/define-pipeline.ts'
export { defaultClean, definePipeline } from './pipeline/define-pipeline.ts'
export type {
  Arm,
  ArmPolicy,
  BehaviourEvent,
  CleanSettings,
  GuardSettings,
  Item,
  LearnSettings,
  PipelineDefinition,
  PlanningPolicy,
  PlanSettings,
  RecommendSettings,
  Scale,
  Schedule,
  SimulatedItem,
  SimulatedPerson,
  SimulatedStep,
  Simulation,
  Source,
  SourceReader,
  UserProfile,
} from './pipeline/definition.ts'
export { findPipeline, pipelineNames } from './pipeline/find-pipeline.ts'
export type { Setting } from './pipeline/settings.ts'
export { settings, withSettings } from './pipeline/settings.ts'
export type { ImportOptions, ImportProgress } from './pipeline/source/import-source.ts'
export { importSource } from './pipeline/source/import-source.ts'
export type { Topics } from './pipeline/topics.ts'
export { topicSpecs, topicsOf } from './pipeline/topics.ts'
export { defaultRecommend } from './recommend/defaults.ts'
export type { Recommendation, RecommendedItem } from './recommend/recommendation.ts'
export { defaultLearn } from './train/defaults.ts'
export type { ModelVersion, Score } from './train/model-version.ts'
