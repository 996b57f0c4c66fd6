import { expect, test } from 'vitest'
import { knownAgents } from '../../src/agents/known-agents.ts'
import { pipelineNames } from '../../src/run/find-pipeline.ts'
import { readPage } from './markdown.ts'

test('the page of pipelines has each that comes with the package', () => {
  const page = readPage('docs/guide/pipelines.md')
  for (const name of pipelineNames) expect(page).toContain(`\`${name}\``)
})

test('every agent has a page, linked from the table of agents', () => {
  const table = readPage('docs/reference/agents/README.md')
  for (const name of Object.keys(knownAgents)) {
    const page = name === 'a2c' || name === 'a3c' ? 'a2c-a3c' : name
    expect(table).toContain(`](${page}.md)`)
    expect(readPage(`docs/reference/agents/${page}.md`)).toContain('npx recstream simulate')
  }
})
