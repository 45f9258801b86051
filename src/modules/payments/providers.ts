// Which providers this installation offers, and what they are given of us.
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { App } from '#src/platform/app.ts'
import type { PaymentProvider } from './provider.ts'
import { cashProvider } from './providers/cash.ts'
import { simulatorProvider, type Simulator, type WebhookTransport } from './providers/simulator.ts'

type Wiring = Pick<App, 'config' | 'db' | 'clock' | 'cipher' | 'log'>

/** The providers by id, built once per App. */
export function buildProviders(app: Wiring): ReadonlyMap<string, PaymentProvider> {
  const providers: PaymentProvider[] = [cashProvider()]
  if (app.config.simulator) {
    providers.unshift(
      simulatorProvider({
        db: app.db,
        clock: app.clock,
        secret: webhookSecret(app, 'simulator'),
        transport: postOverHttp(),
        onError: (error) => app.log.warn({ err: error }, 'the simulator could not deliver'),
      }),
    )
  }
  return new Map(providers.map((provider) => [provider.id, provider]))
}

/** The simulator, where this installation has one. */
export function findSimulator(app: Pick<App, 'providers'>): Simulator | undefined {
  return app.providers.get('simulator') as Simulator | undefined
}

/** Signs what a provider of our own making sends us. */
export function webhookSecret(app: Pick<App, 'cipher'>, provider: string): Buffer {
  return app.cipher.mac('webhook-secret', provider)
}

/** The unguessable last part of the address that a provider's webhooks arrive at: one per provider and installation. */
export function webhookToken(app: Pick<App, 'cipher' | 'paymentLanes'>, provider: string): string {
  const { webhookTokens } = app.paymentLanes
  let token = webhookTokens.get(provider)
  if (!token) webhookTokens.set(provider, (token = app.cipher.mac('webhook-address', provider).subarray(0, 18).toString('base64url')))
  return token
}

/** A real POST over connections that stay open. */
export function postOverHttp(): WebhookTransport {
  const agents = { 'http:': new HttpAgent({ keepAlive: true, maxSockets: 64 }), 'https:': new HttpsAgent({ keepAlive: true, maxSockets: 64 }) }
  return ({ url, headers, body }) =>
    new Promise((resolve, reject) => {
      const { protocol } = new URL(url)
      const send = protocol === 'https:' ? httpsRequest : httpRequest
      const request = send(
        url,
        { method: 'POST', agent: agents[protocol as 'http:'], timeout: 10_000, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
        (response) => {
          response.resume()
          response.on('end', () => resolve(response.statusCode ?? 0))
        },
      )
      request.on('timeout', () => request.destroy(new Error('the webhook was not answered in 10 s')))
      request.on('error', reject)
      request.end(body)
    })
}
