import { InvalidArgumentError } from 'commander'

/** Numbers of learners, such as "1,2,4". */
export function learnerCounts(text: string): number[] {
  const numbers = text.split(',').map(part => (/^\s*\d{1,2}\s*$/.test(part) ? Number(part) : 0))
  if (numbers.some(number => number < 1)) throw new InvalidArgumentError('Give numbers from 1 to 99, such as 1,2,4.')
  return [...new Set(numbers)]
}

/** Events between two exchanges, such as "1000,10000,never"; "never" is Infinity. */
export function exchangeIntervals(text: string): number[] {
  const numbers = text.split(',').map(part => {
    const word = part.trim()
    if (word === 'never') return Number.POSITIVE_INFINITY
    return /^\d{1,9}$/.test(word) ? Number(word) : 0
  })
  if (numbers.some(number => number < 1)) {
    throw new InvalidArgumentError('Give numbers of events, or never, such as 1000,10000,never.')
  }
  return [...new Set(numbers)]
}
