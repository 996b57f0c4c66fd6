import { test } from 'vitest'
import { faults, tellingApart } from '../promises/told-apart.ts'

const told = tellingApart()

test.each(faults)('a build is told apart that %s', fault => told(fault))
