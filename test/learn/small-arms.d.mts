import type { PipelineDefinition } from '../../src/pipeline/definition.ts'

declare const definition: PipelineDefinition
export default definition
