import { extname } from 'node:path'
import { thrownText } from '../errors.ts'

/**
 * Why a pipeline's module cannot be loaded, with what to do where its kind of file is the reason.
 *
 *     whyNotLoaded('./shop.ts', error)   // 'Node v20.19.0 does not run TypeScript; …'
 */
export function whyNotLoaded(path: string, error: unknown): string {
  if (!(error instanceof Error)) return `it throws ${thrownText(error)}.`
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /"\.[cm]?tsx?"/.test(error.message)) {
    return `Node ${process.version} does not run TypeScript; use Node 22.18 or later, or write the module in JavaScript (.mjs).`
  }
  const ending = extname(path)
  const isTakenForCommonJs = /Cannot use import statement outside a module|Unexpected token 'export'/.test(
    error.message,
  )
  if (error instanceof SyntaxError && isTakenForCommonJs && (ending === '.js' || ending === '.ts')) {
    return `it uses import and export, but its package.json says "type": "commonjs"; name it .m${ending.slice(1)}, or set "type": "module" there.`
  }
  return error.message
}
