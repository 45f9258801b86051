// Everything under /admin: for staff, and for nobody else.
import type { FastifyInstance } from 'fastify'
import { requireStaff } from '#src/reads/admin-dashboard.ts'
import type { App } from '#src/platform/app.ts'
import { adminCheckPages } from './checks.tsx'
import { adminListPages } from './lists.tsx'
import { adminUserPages } from './one-user.tsx'
import { adminOverviewPages } from './overview.tsx'

export async function adminPages(server: FastifyInstance, app: App): Promise<void> {
  await server.register(async (staff) => {
    staff.addHook('preHandler', async (request) => requireStaff(request.actor))
    await adminOverviewPages(staff, app)
    await adminCheckPages(staff, app)
    await adminListPages(staff, app)
    await adminUserPages(staff, app)
  })
}
