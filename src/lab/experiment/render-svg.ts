import type { Spec } from 'vega'

/**
 * Draw a Vega specification as the text of an SVG file. The library is loaded when the first plot is drawn.
 *
 *     await renderSvg({ width: 400, height: 200, marks: […] })   // '<svg xmlns=…'
 */
export async function renderSvg(spec: Spec): Promise<string> {
  const { parse, View } = await import('vega')
  const view = new View(parse(spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}
