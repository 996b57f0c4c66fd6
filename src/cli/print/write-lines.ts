/** Write lines to stdout and wait while its reader is slower than we are. */
export async function writeLines(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  if (process.stdout.write(`${lines.join('\n')}\n`)) return
  await new Promise<void>(resolve => process.stdout.once('drain', () => resolve()))
}
