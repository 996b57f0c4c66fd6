// A Fastify server that answers nothing, for `npm run bench -- serve`: what an answer takes on this machine at least.
import fastify from 'fastify'

const app = fastify()
app.get('/', async () => ({}))
process.send!(await app.listen({ port: 0, host: '127.0.0.1' }))
process.on('SIGTERM', () => process.exit(0))
