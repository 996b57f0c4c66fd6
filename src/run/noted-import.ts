import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { NotedImport } from '../sources/import-options.ts'
import { pipelineNames } from './find-pipeline.ts'
import type { Layout } from './layout.ts'
import { note, noted } from './noted.ts'

/** Where an import of a pipeline is noted when it came to its end. The code is this package's version, and the module as it is. */
export function notedImport(pipeline: string, layout: Layout): NotedImport {
  return {
    code: codeOf(pipeline),
    note: { read: () => noted(layout.imported), write: text => note(layout.imported, text) },
  }
}

function codeOf(pipeline: string): string {
  const hash = createHash('sha256').update(readFileSync(join(packageRoot(), 'package.json')))
  if (!pipelineNames.includes(pipeline) && existsSync(pipeline)) hash.update(readFileSync(resolve(pipeline)))
  return hash.digest('hex')
}
