import type { Spec } from 'vega'
import { RecstreamError } from '../../errors.ts'

/**
 * Draw a Vega specification as the text of an SVG file. The library is loaded when the first plot is drawn; TOOL_MISSING
 * where it is not installed.
 *
 *     await renderSvg({ width: 400, height: 200, marks: […] })   // '<svg xmlns=…'
 */
export async function renderSvg(spec: Spec): Promise<string> {
  const { parse, View } = await import('vega').catch(whyNotLoaded)
  const view = new View(parse(spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** Vega brings 62 packages that only plots need, so whoever wants plots installs it. */
function whyNotLoaded(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
  throw new RecstreamError(
    'TOOL_MISSING',
    'There are no plots, since vega is not installed; run `npm install vega@6`, then the same command again.',
    { cause: error },
  )
}
