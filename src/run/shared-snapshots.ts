import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { RecstreamError } from '../errors.ts'
import type { PartCopy } from '../warehouse/sql/query.ts'
import type { Layout } from './layout.ts'
import { lackingWords, snapshotOf, type TablesCopy } from './snapshot-of.ts'

/** Somebody may be opening the one before the newest. */
const kept = 2

/** A copy of a part's tables in a folder that hosts share. */
interface SharedCopy extends PartCopy {
  pipeline: string
  asOf: number
}

/** What was written: bytes in all, and when the tables were so. */
export interface Shared {
  bytes: number
  asOf: number
}

/**
 * Copy the tables of every part that is here into a folder, beside those that other hosts wrote there; older ones of these
 * parts go.
 *
 *     await shareSnapshots(layout, { name: 'shop', folder: '/mnt/shop' })   // /mnt/shop/shop-1-of-4-1700000000000.duckdb
 */
export async function shareSnapshots(
  layout: Layout,
  { name, folder }: { name: string; folder: string },
): Promise<Shared> {
  const { snapshot, asOf: madeAt } = await snapshotOf(layout)
  const asOf = Math.floor(madeAt)
  const copies = typeof snapshot === 'string' ? [{ part: 0, of: 1, path: snapshot }] : snapshot
  mkdirSync(folder, { recursive: true })
  let bytes = 0
  for (const { part, of, path } of copies) {
    const target = join(folder, `${name}-${part}-of-${of}-${asOf}.duckdb`)
    const partial = `${target}-${process.pid}.partial`
    try {
      copyFileSync(path, partial, constants.COPYFILE_FICLONE)
      chmodSync(partial, 0o600)
      renameSync(partial, target)
    } catch (error) {
      rmSync(partial, { force: true })
      throw error
    }
    bytes += statSync(target).size
    const older = copiesIn(folder).filter(each => each.pipeline === name && each.part === part)
    for (const each of older.slice(kept)) rmSync(each.path, { force: true })
  }
  return { bytes, asOf }
}

/** The newest copy of each part of a pipeline in a folder that hosts share; of the only pipeline there, where none is named. */
export function sharedSnapshots(folder: string, given: string | undefined): TablesCopy & { name: string } {
  const all = copiesIn(folder)
  const names = [...new Set(all.map(({ pipeline }) => pipeline))]
  const name = given ?? names[0]
  if (given === undefined && names.length > 1) {
    throw new RecstreamError('PIPELINE_UNKNOWN', `Name one of the pipelines ${names.join(', ')} with --pipeline.`)
  }
  const [newest, ...others] = all.filter(({ pipeline }) => pipeline === name)
  if (name === undefined || newest === undefined) {
    throw new RecstreamError(
      'SOURCE_MISSING',
      `There are no snapshots${name === undefined ? '' : ` of ${name}`} in ${resolve(folder)}; each host writes its parts there with \`recstream snapshot ${folder} --format parts\`.`,
    )
  }
  const ofParts = new Map([[newest.part, newest]])
  for (const copy of others) if (copy.of === newest.of && !ofParts.has(copy.part)) ofParts.set(copy.part, copy)
  const copies = [...ofParts.values()].sort((a, b) => a.part - b.part)
  return {
    name,
    snapshot: newest.of === 1 ? newest.path : copies.map(({ part, of, path }) => ({ part, of, path })),
    asOf: Math.min(...copies.map(({ asOf }) => asOf)),
    lacking: lackingWords({ root: resolve(folder) }, copies),
  }
}

/** Newest first. */
function copiesIn(folder: string): SharedCopy[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((file): SharedCopy[] => {
      const [, pipeline, part, of, asOf] = /^(.+)-(\d+)-of-(\d+)-(\d+)\.duckdb$/.exec(file) ?? []
      if (pipeline === undefined) return []
      return [{ pipeline, part: Number(part), of: Number(of), asOf: Number(asOf), path: join(folder, file) }]
    })
    .sort((a, b) => b.asOf - a.asOf)
}
