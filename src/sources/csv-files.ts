import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

const ending = /\.csv(\.gz|\.br)?$/

/**
 * The CSV files of a folder whose names match, plain or packed, by name; of one that is there both ways, one.
 *
 *     csvFiles('KuaiRand-Pure', /^log_/)   // ['KuaiRand-Pure/log_standard_4_22_to_5_08_pure.csv']
 */
export function csvFiles(folder: string, name: RegExp): string[] {
  if (folder === '' || !existsSync(folder)) return []
  const names = readdirSync(folder).filter(each => name.test(each) && ending.test(each))
  return [...new Map(names.sort().map(each => [csvStem(each), join(folder, each)])).values()]
}

/** A CSV file's name without folder and endings. */
export function csvStem(path: string): string {
  return basename(path).replace(ending, '')
}
