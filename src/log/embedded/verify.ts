import { checkSegments, frames, openSegment, segmentNumbers } from './segment.ts'
import { readSettings } from './settings.ts'
import type { Topic } from './topic.ts'

/** Read every committed frame of a topic; LOG_CORRUPT at the first that is damaged, or for a segment that is missing. */
export async function verify(topic: Topic): Promise<void> {
  const mark = await topic.settled()
  checkSegments(topic.folder, readSettings(topic.folder)?.oldestSegment ?? 1)
  for (const number of segmentNumbers(topic.folder)) {
    const segment = number > mark.segment ? null : await openSegment(topic.folder, number, topic.partitions)
    if (segment === null) continue
    try {
      const end = number === mark.segment ? mark.position : (await segment.file.stat()).size
      for await (const _ of frames(segment, segment.start, end));
    } finally {
      await segment.file.close()
    }
  }
}
