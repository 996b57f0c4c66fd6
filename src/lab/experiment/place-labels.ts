/** A label to the right of its point, moved up or down by `dy` pixels. */
export interface PlacedLabel {
  text: string
  /** Of the point, in pixels. */
  x: number
  y: number
  dy: number
}

const lineHeight = 13
const letterWidth = 6.5
/** From the point to its label. */
export const labelGap = 7

/**
 * Move labels up and down until none lies on another one, each as little as may be; Vega's own way of doing so needs a canvas.
 *
 *     placeLabels([{ text: 'bias', x: 10, y: 50 }, { text: 'mean', x: 12, y: 51 }])   // dy 0 and 13
 */
export function placeLabels(points: readonly { text: string; x: number; y: number }[]): PlacedLabel[] {
  const placed: PlacedLabel[] = []
  for (const point of points) {
    let dy = 0
    for (let step = 1; placed.some(other => overlap({ ...point, dy }, other)); step++) {
      dy = Math.ceil(step / 2) * lineHeight * (step % 2 === 1 ? 1 : -1)
    }
    placed.push({ ...point, dy })
  }
  return placed
}

function overlap(a: PlacedLabel, b: PlacedLabel): boolean {
  const apart = Math.abs(a.y + a.dy - b.y - b.dy) >= lineHeight - 1
  const end = ({ x, text }: PlacedLabel) => x + labelGap + letterWidth * text.length
  return !apart && a.x + labelGap < end(b) && b.x + labelGap < end(a)
}
