// All pages: who asks (session cookie), in which language, from where; and what people see when something is refused.
import type { FastifyPluginAsync } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { browserLocale, chosenLocale } from './choose-locale.ts'
import { sendErrorPage, sendNotFound } from './error-page.tsx'
import { isFromOurPages } from './same-site.ts'
import { serveAssets } from './ui/assets.ts'
import { serveStylesheet } from './ui/stylesheet.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The address holds the secret that opens the page, no cookie does: another site can't know it, so it can't forge requests. */
    addressIsSecret?: boolean
  }
}

/** The plugin that serves every page. */
export function web(app: App): FastifyPluginAsync {
  return async (server) => {
    server.setErrorHandler(sendErrorPage)
    server.setNotFoundHandler(sendNotFound)
    server.addHook('onRequest', (request, reply, done) => {
      const chosen = chosenLocale(request, reply)
      request.actor = { kind: 'visitor', locale: chosen ?? browserLocale(request), ip: request.ip }
      if (!request.routeOptions.config.addressIsSecret && !isFromOurPages(request)) return done(kernelError('forbidden'))
      done()
    })
    await serveAssets(server)
    serveStylesheet(server)
  }
}
