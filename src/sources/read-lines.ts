import { createReadStream, existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { RecstreamError } from '../errors.ts'

/**
 * The lines of a text file in blocks, in order, without their line ends; `.gz` and `.br` are unpacked.
 *
 *     for await (const lines of readLines('ratings.dat.gz', 'latin1')) for (const line of lines) …
 *
 * One block is what one read gave (some thousand lines), so memory stays bounded and the cost of waiting is per block.
 */
export async function* readLines(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): AsyncGenerator<string[]> {
  const chunkSize = 256 * 1024
  const file = createReadStream(path, { highWaterMark: chunkSize })
  let bytes: Readable = file
  if (path.endsWith('.gz')) bytes = file.pipe(createGunzip({ chunkSize }))
  if (path.endsWith('.br')) bytes = file.pipe(createBrotliDecompress({ chunkSize }))
  // `pipe` does not carry the file's own errors over, and without this a vanished file would hang its reader.
  file.on('error', error => bytes.destroy(error))
  bytes.setEncoding(encoding)
  let rest = ''
  try {
    for await (const text of bytes as AsyncIterable<string>) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      if (text.includes('\r') || lines[0]?.endsWith('\r')) {
        for (let i = 0; i < lines.length; i++) lines[i] = lines[i]!.replace(/\r$/, '')
      }
      yield lines
    }
  } catch (error) {
    throw new RecstreamError(
      'SOURCE_INVALID',
      `The file ${basename(path)} cannot be read to its end; fetch it again.`,
      {
        cause: error,
      },
    )
  } finally {
    file.destroy()
  }
  if (rest !== '') yield [rest.replace(/\r$/, '')]
}

/**
 * The first of some file names that is in a folder, plain, as `.gz` or as `.br`.
 *
 *     findFile('ml-1m', ['ratings.dat'])   // 'ml-1m/ratings.dat.gz'
 */
export function findFile(folder: string, names: readonly string[]): string | undefined {
  return names
    .flatMap(name => ['', '.gz', '.br'].map(packed => join(folder, name + packed)))
    .find(path => existsSync(path))
}
