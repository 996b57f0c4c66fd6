export type { InterestSequence, KeptEvent, RejectedRecord } from './outputs.ts'
export type { InputTopic, SentEvent, SentItem, SentProfile, SentRecord } from './records.ts'
export type { Outcome, TestPipeline, TestPipelineOptions } from './test-pipeline.ts'
export { testPipeline } from './test-pipeline.ts'
