export { defaultArms } from './arms/defaults.ts'
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
export { definePipeline } from './pipeline/define-pipeline.ts'
export type { PipelineInput } from './pipeline/pipeline-input.ts'
export { withSettings } from './pipeline/settings.ts'
export type { BehaviourMeaning, GivenBehaviours } from './records/behaviours.ts'
export type {
  Arm,
  ArmPolicy,
  BehaviourEvent,
  Decode,
  DecodedEvent,
  DecodedItem,
  DecodedProfile,
  DeletedItem,
  DeletedProfile,
  ForeignRecord,
  Item,
  PipelineDefinition,
  PlanningPolicy,
  Scale,
  SimulatedItem,
  SimulatedPerson,
  SimulatedStep,
  Simulation,
  Source,
  SourceReader,
  UserProfile,
} from './records/definition.ts'
export type { ModelVersion, Score } from './records/model-version.ts'
export type { Recommendation, RecommendedItem } from './records/recommendation.ts'
export type { BoostRule, CapRule, PinRule, Rule, ShowRule, SpreadRule } from './records/rules.ts'
export type { Topics } from './records/topics.ts'
export { topicSpecs, topicsOf } from './records/topics.ts'
export {
  defaultClean,
  defaultGuard,
  defaultLearn,
  defaultPlan,
  defaultRecommend,
  defaultWindow,
} from './settings/defaults.ts'
export type { Setting } from './settings/settings.ts'
export { settings } from './settings/settings.ts'
export type {
  CleanSettings,
  GuardSettings,
  LearnSettings,
  PlanSettings,
  RecommendSettings,
  Schedule,
  WindowSettings,
} from './settings/types.ts'
export { connectPayload } from './shapes/connect.ts'
export type { DebeziumChange } from './shapes/debezium.ts'
export { debeziumChange } from './shapes/debezium.ts'
export type { Absent } from './shapes/read.ts'
export { read } from './shapes/read.ts'
export { columns } from './sources/columns.ts'
export { csvFiles, csvStem } from './sources/csv-files.ts'
export { defaultWorld, describeWorld, readGenerated, worldBegins } from './sources/generated.ts'
export { shopOpens } from './sources/generated-shop/numbers.ts'
export { readGeneratedShop } from './sources/generated-shop/read-generated-shop.ts'
export type { ImportOptions, ImportProgress } from './sources/import-options.ts'
export { importSource } from './sources/import-source.ts'
export { featuresWithNumbers, numbersAsAttributes, numbersText, numberTokens } from './sources/numbers-as-features.ts'
export { findFile, readLines } from './sources/read-lines.ts'
export { timeOrder } from './sources/time-order.ts'
export type { Random } from './state/random.ts'
export { seededRandom } from './state/random.ts'
