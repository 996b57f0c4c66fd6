import type { PipelineDefinition } from '../../../src/records/definition.ts'

declare const definition: PipelineDefinition
export default definition
