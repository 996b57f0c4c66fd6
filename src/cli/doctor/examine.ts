import { plainLine } from '../../records/plain-text.ts'
import { partsHere } from '../../run/layout.ts'
import type { Connection } from '../../run/messages.ts'
import { type ChosenPipeline, choosePipeline, pipelinesIn } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { packageVersion } from '../package-version.ts'
import { colours } from '../print/colours.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { checkBrokers } from './check-brokers.ts'
import { checkBackend, checkDuckDb, checkNode, checkTools } from './check-machine.ts'
import { checkRegistry } from './check-network.ts'
import { checkDataFolder, checkPipeline } from './check-pipeline.ts'
import { checkTopics } from './check-topics.ts'
import type { Finding } from './finding.ts'

export interface DoctorOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  set: Record<string, string>
}

/** Run every check and print what it found. */
export async function examine(connection: Connection, options: DoctorOptions): Promise<void> {
  const found: Finding[] = []
  const note = (...findings: Finding[]) => {
    found.push(...findings)
    if (!options.json) void writeLines(findings.map(line))
  }
  if (!options.json) void writeLines([`recstream ${packageVersion()} on ${platform()}\n`])
  note(checkNode(process.versions.node))
  const { finding, backend } = await checkBackend()
  note(finding)
  note(await checkDuckDb())
  note(...(await checkTools()))
  note(checkDataFolder(options.data))
  const pipelines = await chosenPipelines(options)
  for (const pipeline of pipelines) note(...(await checkPipeline(pipeline, connection)))
  if (connection.brokers !== undefined) {
    const parts = new Map(pipelines.map(({ name, layout }) => [name, partsHere(layout)[0]!.of]))
    for await (const each of checkBrokers(connection, [...parts.keys()], name => parts.get(name)!)) note(each)
    const reached = found.some(({ check, state }) => check === 'describe' && state === 'ok')
    for (const pipeline of reached ? pipelines : []) {
      const given = options.pipeline ?? pipeline.name
      note(...(await checkTopics(pipeline, { given, connection, settings: options.set })))
    }
  }
  if (connection.registry !== undefined) note(await checkRegistry(connection.registry))

  const problems = found.filter(({ state }) => state === 'problem').length
  if (problems > 0) process.exitCode = 1
  if (options.json) {
    const versions = { recstream: packageVersion(), node: process.versions.node, platform: platform() }
    await writeLines([jsonLine({ ...versions, backend, healthy: problems === 0, findings: found })])
  } else await writeLines([problems === 0 ? '\nNothing keeps a pipeline from running.' : ''])
}

async function chosenPipelines({ pipeline, data }: DoctorOptions): Promise<ChosenPipeline[]> {
  const names = pipeline === undefined ? pipelinesIn(data) : [pipeline]
  return Promise.all(names.map(name => choosePipeline(name, data)))
}

function platform(): string {
  return `${process.platform} ${process.arch}`
}

function line({ check, state, message, advice }: Finding): string {
  const { green, yellow, red, dim } = colours()
  const mark = { ok: green('ok     '), warning: yellow('warning'), problem: red('problem') }[state]
  const next = (advice?.split('\n') ?? []).map(each => `${' '.repeat(23)}${dim('→')} ${each}`)
  return [`${mark}  ${check.padEnd(13)} ${plainLine(message)}`, ...next].join('\n')
}
