// Everything under /admin: for staff, and for nobody else.
import type { FastifyInstance } from 'fastify'
import { requireStaff } from '#src/reads/admin-dashboard.ts'
import type { App } from '#src/platform/app.ts'
import { adminCategoryPages } from './categories.tsx'
import { adminCheckPages } from './checks.tsx'
import { adminDemoPages, hasDemoTools } from './demo.tsx'
import { adminEventPages } from './events.tsx'
import { adminFactPages } from './facts.tsx'
import { adminJobPages } from './jobs.tsx'
import { adminLedgerPages } from './ledger.tsx'
import { adminMailPages } from './mails.tsx'
import { adminOrderPages } from './orders.tsx'
import { adminOrganizerPages } from './organizers.tsx'
import { adminOverviewPages } from './overview.tsx'
import { adminPaymentPages } from './payments.tsx'
import { adminRefundPages } from './refunds.tsx'
import { adminSettingsPages } from './settings.tsx'
import { adminUserPages } from './users.tsx'

export async function adminPages(server: FastifyInstance, app: App): Promise<void> {
  await server.register(async (staff) => {
    staff.addHook('preHandler', async (request) => requireStaff(request.actor))
    await adminOverviewPages(staff, app)
    await adminEventPages(staff, app)
    await adminOrderPages(staff, app)
    await adminPaymentPages(staff, app)
    await adminRefundPages(staff, app)
    await adminLedgerPages(staff, app)
    await adminUserPages(staff, app)
    await adminOrganizerPages(staff, app)
    await adminCategoryPages(staff, app)
    await adminMailPages(staff, app)
    await adminJobPages(staff, app)
    await adminCheckPages(staff, app)
    await adminFactPages(staff, app)
    await adminSettingsPages(staff, app)
    if (hasDemoTools(app)) await adminDemoPages(staff, app)
  })
}
