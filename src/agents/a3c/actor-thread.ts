// One actor of A3C: acts in a world of its own and learns into the memory that all actors share, until it is asked to end.
import { parentPort, workerData } from 'node:worker_threads'
import { openBackend } from '../../nn/backend.ts'
import { type ActorData, type ActorMessage, Control, type OpenActorWorld } from './actors.ts'
import { createA2c } from './agent.ts'
import { sharedLearner } from './learner.ts'

const { module, setup, actor, actors, seed, options, backend, learner, control: shared } = workerData as ActorData
const control = new Int32Array(shared)
const say = (message: ActorMessage) => parentPort!.postMessage(message)

const { openActorWorld } = (await import(module)) as { openActorWorld: OpenActorWorld }
const { tf } = await openBackend(backend)
const world = await openActorWorld(setup as never, actor, actors)
const agent = createA2c(tf, world.catalogue, {
  ...{ options, name: 'a3c' },
  // Actors explore differently, which is what replaces a memory of old events.
  seed: seed * actors + actor,
  learner: values => sharedLearner(learner, values, options.rate),
})
agent.train() // takes over the shared weights

const stopped = () => Atomics.load(control, Control.stop) === 1
let untrained = 0
while (!stopped()) {
  const limit = Atomics.load(control, Control.limit)
  if (Atomics.load(control, Control.done) >= limit) {
    say({ asleepAt: limit })
    Atomics.wait(control, Control.limit, limit)
    continue
  }
  const shown = world.round(agent)
  Atomics.add(control, Control.done, shown)
  untrained += shown
  if (untrained < agent.trainEvery) continue
  untrained = 0
  agent.train()
}
say({ updates: agent.steps, dropped: agent.dropped })
agent.dispose()
