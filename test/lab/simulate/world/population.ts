import { openPopulation } from '../../../../src/lab/simulate/open-population.ts'

/** A population that is made up, the same for all tests of a file. */
export const generated = await openPopulation()
