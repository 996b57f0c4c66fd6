import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { root } from '../promises/command.ts'

export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
  // biome-ignore lint/suspicious/noExplicitAny: a test holds it against the types that Kubernetes publishes.
  spec: any
}

export const folder = join(root, 'infra', 'kubernetes')

/** What is to be applied, of all files that the kustomization names. */
export function manifests(): Manifest[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.yml') && name !== 'kustomization.yml')
  return files.flatMap(name =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map(document => document.toJS() as Manifest),
  )
}

/** Those that run pods. */
export const workloads = () => manifests().filter(({ spec }) => spec?.template !== undefined)

/** The words of a command, with what stands for a variable replaced. */
export function given(args: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return args.map(arg => arg.replace(/\$[({](\w+)[)}]/g, (whole, name: string) => values[name] ?? whole))
}
