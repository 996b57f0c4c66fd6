import { InvalidArgumentError } from 'commander'

/**
 * Parser of seeds, for commander.
 *
 *     seeds('1,2,3')   // [1, 2, 3]
 */
export function seeds(text: string): number[] {
  const numbers = text.split(',').map(part => (/^\d{1,10}$/.test(part.trim()) ? Number(part) : Number.NaN))
  const valid = numbers.every(number => number < 2 ** 32) && new Set(numbers).size === numbers.length
  if (valid) return numbers
  throw new InvalidArgumentError('Give different whole numbers below 2^32 with commas between, such as 1,2,3.')
}
