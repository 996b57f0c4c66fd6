import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** All files beneath a folder, in MiB; 0 where there is none. */
export function folderSize(folder: string): number {
  if (!existsSync(folder)) return 0
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter(entry => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 2 ** 20
}
