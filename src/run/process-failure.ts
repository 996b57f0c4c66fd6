import { type ErrorCode, fewHandles, lackOf, littleMemory, RecstreamError, thrownText } from '../errors.ts'

/** What Node says of a module, or of a native library, that it cannot load. */
const notLoaded: ReadonlySet<unknown> = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'])

/**
 * Code and message with which a process ends. A part of the installation that does not load will not do so next time: it
 * is TOOL_MISSING, which nobody tries again.
 *
 *     failureOf(new RecstreamError('WAREHOUSE_LOCKED', 'Held by process 7.'))   // { code: 'WAREHOUSE_LOCKED', … }
 */
export function failureOf(error: unknown): { code: ErrorCode; message: string } {
  const lack = lackOf(error)
  if (lack === 'room') return { code: 'DISK_FULL', message: (error as Error).message }
  if (lack === 'handles') return { code: 'FILE_UNUSABLE', message: `${fewHandles}.` }
  if (lack === 'memory') return { code: 'MEMORY_SHORT', message: `${littleMemory}.` }
  if (error instanceof RecstreamError) return { code: error.code, message: error.message }
  if (error instanceof Error && notLoaded.has((error as NodeJS.ErrnoException).code)) {
    const [reason] = error.message.split('\n') as [string]
    const message = `A package that recstream needs does not load: ${reason.replace(/\.$/, '')}; install again, with optional dependencies.`
    return { code: 'TOOL_MISSING', message }
  }
  return { code: 'PROCESS_FAILED', message: error instanceof Error ? error.message : thrownText(error) }
}
