import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '../promises/command.ts'

export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
  // biome-ignore lint/suspicious/noExplicitAny: a test holds it against the types that Kubernetes publishes.
  spec: any
}

export const folder = join(root, 'infra', 'kubernetes')
/** What is laid over it for shards of ingest. */
export const shardsFolder = join(root, 'infra', 'kubernetes-shards')

/** What is to be applied, of all files of a folder that its kustomization names. */
export function manifests(from = folder): Manifest[] {
  const files = readdirSync(from).filter(name => name.endsWith('.yml') && name !== 'kustomization.yml')
  return files.flatMap(name =>
    parseAllDocuments(readFileSync(join(from, name), 'utf8')).map(document => document.toJS() as Manifest),
  )
}

/** Those that run pods. */
export const workloads = (from = folder) => manifests(from).filter(({ spec }) => spec?.template !== undefined)

interface Patched {
  resources: string[]
  patches: { target: { kind: string; name: string }; patch: string }[]
}

/** The overlay of shards: the files that it names, and the words that the leader's pod is then given. */
export function shardsOverlay(): { resources: string[]; leader: string[]; target: { kind: string; name: string } } {
  const file = readFileSync(join(shardsFolder, 'kustomization.yml'), 'utf8')
  const { resources, patches } = parse(file) as Patched
  const [{ target, patch }] = patches as [Patched['patches'][number]]
  const [{ value }] = parse(patch) as [{ value: string[] }]
  return { resources, leader: value, target }
}

/** A file of lines name=value. */
export function variablesIn(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n')
  return Object.fromEntries(lines.filter(line => /^\w+=/.test(line)).map(line => line.split(/=(.*)/s).slice(0, 2)))
}

/** The words of a command, with what stands for a variable replaced. */
export function given(args: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return args.map(arg => arg.replace(/\$[({](\w+)[)}]/g, (whole, name: string) => values[name] ?? whole))
}
