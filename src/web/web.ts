// All pages: who asks (session cookie), in which language, from where; and what people see when something is refused.
import type { FastifyPluginAsync } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { countOpenRefundRequests } from '#src/modules/ticketing/find-event-orders.ts'
import { resolveWebSession } from '#src/modules/identity/resolve-actor.ts'
import type { App } from '#src/platform/app.ts'
import { readSettings } from '#src/platform/settings.ts'
import { accountPages } from './account/account-pages.ts'
import { adminPages } from './admin/admin-pages.ts'
import { browserLocale, chosenLocale } from './choose-locale.ts'
import { sendErrorPage, sendNotFound } from './error-page.tsx'
import { gatePages } from './gate/gate-pages.tsx'
import { devComponentPages } from './public/dev-components.tsx'
import { devMailPages } from './public/dev-mail.tsx'
import { filePages } from './public/files.ts'
import { eventCopyPages } from './organizer/event-copy.tsx'
import { eventDeskPages } from './organizer/event-desk.tsx'
import { eventErrandPages } from './organizer/event-errand.tsx'
import { eventExportPages } from './organizer/event-exports.tsx'
import { eventFormPages } from './organizer/event-form.tsx'
import { eventGateLogPages } from './organizer/event-gate-log.tsx'
import { eventGatePages } from './organizer/event-gates.tsx'
import { eventGuestPages } from './organizer/event-guests.tsx'
import { guidePages } from './organizer/guide.tsx'
import { eventIssuePages } from './organizer/event-issues.tsx'
import { eventOrderPages } from './organizer/event-order.tsx'
import { eventOrderListPages } from './organizer/event-orders.tsx'
import { eventOverviewPages } from './organizer/event-overview.tsx'
import { eventParticipantPage } from './organizer/event-participant.tsx'
import { eventParticipantPages } from './organizer/event-participants.tsx'
import { eventProgrammePages } from './organizer/event-programme.tsx'
import { eventLanguagePages } from './organizer/event-languages.tsx'
import { eventQuotaPages } from './organizer/event-quotas.tsx'
import { eventSettingsPages } from './organizer/event-settings.tsx'
import { organizerHomePages } from './organizer/home.tsx'
import { organizerSettingsPages } from './organizer/organizer-settings.tsx'
import { teamPages } from './organizer/team.tsx'
import { ticketTypePages } from './organizer/ticket-types.tsx'
import { checkoutPages } from './public/checkout.tsx'
import { crawlerFiles } from './public/crawler-files.ts'
import { eventFilePages } from './public/event-files.ts'
import { eventListPages } from './public/event-list.tsx'
import { eventPages } from './public/event-page.tsx'
import { homePages } from './public/home.tsx'
import { installFiles } from './public/install-files.ts'
import { keptPages } from './public/kept-pages.tsx'
import { orderPages } from './public/order-page.tsx'
import { organizerPublicPages } from './public/organizer-page.tsx'
import { simulatorPages } from './public/simulator-page.tsx'
import { ticketScreenPages } from './public/ticket-screen.tsx'
import { ticketFilePages } from './public/ticket-files.ts'
import { isFromOurPages } from './same-site.ts'
import { sessionToken } from './session-cookie.ts'
import { serveAccents } from './ui/accent.ts'
import { serveAssets } from './ui/assets.ts'
import { createPageCache } from './ui/page-cache.ts'
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
    const cache = createPageCache(app.clock)
    server.addHook('onRequest', (request, reply, done) => {
      if (cache.answerAtOnce(request, reply)) return
      const chosen = chosenLocale(request, reply)
      request.actor = { kind: 'visitor', locale: chosen ?? browserLocale(request), ip: request.ip }
      if (!request.routeOptions.config.addressIsSecret && !isFromOurPages(request)) return done(kernelError('forbidden'))
      const token = sessionToken(app, request)
      request.support = app.settingsMemory.recent('settings')
      if (!token && request.support) return done()
      // Settings are asked for once in seconds, and a page can do without them. A cookie that opens nothing any more is somebody without credentials.
      const support = request.support ?? readSettings(app).catch(() => undefined)
      const actor = token ? resolveWebSession(app, token, { locale: chosen ?? null, ip: request.ip }) : null
      Promise.all([support, actor]).then(([known, account]) => {
        request.support = known
        if (account) request.actor = account
        done()
      }, done)
    })
    // A mark on every page of an event: somebody waits for an answer.
    server.addHook('preHandler', async (request) => {
      if (request.method !== 'GET' || !request.routeOptions.url?.startsWith('/organizer/events/:slug')) return
      request.openRefunds = await countOpenRefundRequests(app, request.actor, (request.params as { slug: string }).slug)
    })
    await serveAssets(server)
    serveStylesheet(server)
    serveAccents(server)

    await homePages(server, app, cache)
    await keptPages(server)
    await installFiles(server)
    await crawlerFiles(server, app)
    await eventListPages(server, app, cache)
    await eventPages(server, app, cache)
    await eventFilePages(server, app)
    await organizerPublicPages(server, app, cache)
    await checkoutPages(server, app)
    await orderPages(server, app)
    await organizerHomePages(server, app)
    await teamPages(server, app)
    await organizerSettingsPages(server, app)
    await guidePages(server, app)
    await eventFormPages(server, app)
    await eventOverviewPages(server, app)
    await ticketTypePages(server, app)
    await eventQuotaPages(server, app)
    await eventSettingsPages(server, app)
    await eventLanguagePages(server, app)
    await eventCopyPages(server, app)
    await eventDeskPages(server, app)
    await eventOrderListPages(server, app)
    await eventOrderPages(server, app)
    await eventParticipantPages(server, app)
    await eventParticipantPage(server, app)
    await eventIssuePages(server, app)
    await eventErrandPages(server, app)
    await eventExportPages(server, app)
    await eventGatePages(server, app)
    await eventGateLogPages(server, app)
    await eventProgrammePages(server, app)
    await eventGuestPages(server, app)
    await ticketFilePages(server, app)
    await ticketScreenPages(server, app)
    await devMailPages(server, app)
    await devComponentPages(server, app)
    await filePages(server, app)
    await simulatorPages(server, app)
    await accountPages(server, app)
    await gatePages(server, app)
    await adminPages(server, app)
  }
}
