import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { promisify } from 'node:util'

const script = `try { require('node:fs').copyFileSync(process.argv[1], process.argv[2], ${constants.COPYFILE_FICLONE}) }
catch (error) { console.error(error.code + ' ' + error.message); process.exit(1) }`

/**
 * Copy a file in a process of its own; shares the blocks where the file system can.
 *
 * POSIX gives up all of a process's locks on a file as soon as it closes the file once: a copy made in the process that
 * owns the warehouse would let a second owner in.
 */
export async function copyFileOutside(from: string, to: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['-e', script, from, to], { env: {} }).catch((error: unknown) => {
    const { stderr = '' } = error as { stderr?: string }
    const code = /^E[A-Z]+/.exec(stderr)?.[0]
    // As if it had failed in this process.
    throw code === undefined
      ? error
      : Object.assign(new Error(stderr.slice(code.length + 1).trim()), { code, path: to })
  })
}
