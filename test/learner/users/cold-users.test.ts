import { coldUsersInMemory } from '../../../src/learner/users/cold-users.ts'
import { coldUsersContract } from '../../contracts/cold-users.ts'

coldUsersContract(coldUsersInMemory)
