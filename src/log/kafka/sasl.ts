import { createRequire } from 'node:module'

export interface KafkaSasl {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  username: string
  password: string
}

/** kafkajs's face of a mechanism: it is given one way to ask the broker, and fails or does not. */
type Provider = (host: {
  host: string
  port: number
  logger: unknown
  saslAuthenticate: (call: object) => Promise<unknown>
}) => { authenticate(): Promise<void> }

const require = createRequire(import.meta.url)
const modules: Record<KafkaSasl['mechanism'], string> = {
  plain: 'plain',
  'scram-sha-256': 'scram256',
  'scram-sha-512': 'scram512',
}

/** What is used of kafkajs's login over one connection. */
interface Login {
  connection: { rejectRequests(error: unknown): void; disconnect(): Promise<unknown> }
  authenticate(): Promise<void>
}

const { prototype } = require('kafkajs/src/broker/saslAuthenticator') as { prototype: Login }
const { authenticate } = prototype

/*
 * kafkajs goes on with a connection on which a login was not answered in time, and begins another one there. The broker,
 * which may only have been slow, calls that illegal, as it does where no login is asked for at all: a frozen broker would
 * look like a wrong setting.
 */
prototype.authenticate = async function (this: Login): Promise<void> {
  try {
    await authenticate.call(this)
  } catch (error) {
    this.connection.rejectRequests(error)
    await this.connection.disconnect()
    throw error
  }
}

/**
 * SASL settings for kafkajs whose errors say why.
 *
 * kafkajs wraps whatever goes wrong in an error that keeps the text only, so that a broker that restarts looks like a
 * broker that refuses. Here the error of the exchange stays as the cause.
 */
export function tellingSasl(sasl: KafkaSasl): KafkaSasl & { authenticationProvider: Provider } {
  const builtIn = require(`kafkajs/src/broker/saslAuthenticator/${modules[sasl.mechanism]}`) as (
    sasl: KafkaSasl,
  ) => Provider
  const authenticationProvider: Provider = ({ saslAuthenticate, ...rest }) => ({
    async authenticate() {
      let failure: unknown
      const inner = builtIn(sasl)({
        ...rest,
        saslAuthenticate: call =>
          saslAuthenticate(call).catch(error => {
            failure = error
            throw error
          }),
      })
      try {
        await inner.authenticate()
      } catch (error) {
        // The broker answered each time and it still failed: the two do not agree on the secret, or there is none.
        const why = failure === undefined ? { type: 'SASL_AUTHENTICATION_FAILED' } : { cause: failure }
        throw Object.assign(error as Error, why)
      }
    },
  })
  return { ...sasl, authenticationProvider }
}
