import { getHeapStatistics } from 'node:v8'
import { RecstreamError } from '../../errors.ts'
import { ownLimits } from '../few-files.ts'

/** WebAssembly sets addresses apart, 10 GiB of them for each memory, of which a learner has up to nine, MiB. */
const leastAddresses = 96 * 1024
/** The least that a process of a small pipeline gets by with for objects of JavaScript, MiB. */
const leastHeap = 128

/** MEMORY_SHORT where a process may have too little memory for any pipeline: told before anything fails for it. */
export function refuseLittleMemory(
  limits: string = ownLimits(),
  heapMb: number = getHeapStatistics().heap_size_limit / 2 ** 20,
): void {
  const addresses = Number(/^Max address space\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY) / 2 ** 20
  if (addresses < leastAddresses) {
    throw new RecstreamError(
      'MEMORY_SHORT',
      `A process may have ${Math.floor(addresses)} MiB of addresses here, and recstream needs ${leastAddresses} (most of them are never used); allow more with \`ulimit -v unlimited\`.`,
    )
  }
  if (heapMb < leastHeap) {
    throw new RecstreamError(
      'MEMORY_SHORT',
      `Node may take ${Math.floor(heapMb)} MiB for its objects here, and recstream needs ${leastHeap} at least; allow more with NODE_OPTIONS=--max-old-space-size=512.`,
    )
  }
}
