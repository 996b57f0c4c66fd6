import { test } from 'vitest'
import { faults, tellingApart } from './told-apart.ts'

const told = tellingApart()

// The others are in the battery.
test(`a build is told apart that ${faults[0]}`, () => told(faults[0]!))
