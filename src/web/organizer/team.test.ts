// The team page: who may invite, change and remove whom, each refusal where it belongs.
import { describe, expect, it } from 'vitest'
import type { TeamRole } from '#src/kernel/actor.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildMember, buildOrganizer } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()

async function team() {
  const organizer = await buildOrganizer(app)
  return { organizer, owner: browse(app, organizer.owner), path: `/organizer/team/${organizer.slug}` }
}

describe('the team', () => {
  it('is found from one address, invites, changes a role and removes', async () => {
    const { owner, path, organizer } = await team()
    expect((await owner.get('/organizer/team')).location).toBe(path)
    const wrong = await owner.post(path, { email: 'pas une adresse', role: 'cashier' })
    expect([wrong.status, wrong.html.includes('id="field-email-error"')]).toEqual([422, true])
    const invited = await owner.post(path, { email: 'afi@example.test', name: 'Afi', role: 'cashier' })
    expect((await owner.get(invited.location)).text).toMatch(/L’invitation est envoyée.*Afi afi@example.test Caisse Invitation envoyée/)
    const twice = await owner.post(path, { email: 'afi@example.test', role: 'manager' })
    expect([twice.status, twice.html.includes('id="field-email-error"')]).toEqual([409, true])
    const member = new RegExp(`href="(${path}/members/[0-9a-f-]{36})">Afi`).exec((await owner.get(path)).html)![1]!
    expect((await owner.post(`${member}/role`, { role: 'king' })).status).toBe(422)
    expect((await owner.get((await owner.post(`${member}/role`, { role: 'manager' })).location)).text).toMatch(
      /Le rôle est changé.*Afi.*Gestionnaire/,
    )
    expect((await owner.get(member)).text).toContain('Afi perd aussitôt tout accès')
    expect((await owner.get((await owner.post(`${member}/remove`)).location)).text).not.toContain('afi@example.test')
    expect(await app.db.selectFrom('membership').select('role').where('organizerId', '=', organizer.id).execute()).toEqual([{ role: 'owner' }])
  })

  it.each<TeamRole>(['manager', 'cashier', 'agent'])('lets everybody leave, on a page that says what they lose: %s', async (role) => {
    const { path, organizer } = await team()
    const actor = await buildMember(app, organizer.id, role)
    const member = browse(app, actor)
    if (role !== 'manager') {
      const mine = await member.get('/organizer/team')
      expect([mine.status, mine.html.includes(`href="${path}/leave"`)]).toEqual([200, true])
      expect(mine.text).toContain(role === 'agent' ? 'Scanne les billets' : 'Vend au guichet')
    }
    expect((await member.get(`${path}/leave`)).text).toContain('Vous perdez aussitôt tout accès')
    expect((await member.post(`${path}/leave`)).location).toBe('/account')
    expect(await app.db.selectFrom('membership').select('role').where('accountId', '=', actor.accountId).execute()).toEqual([])
    expect((await member.get(`${path}/leave`)).status).toBe(404)
  })

  it('is left by nobody else, and not by its last owner', async () => {
    const { owner, path } = await team()
    const refused = await owner.post(`${path}/leave`)
    expect([refused.status, refused.text.includes('Une équipe garde au moins un propriétaire')]).toEqual([409, true])
    const foreign = browse(app, (await buildOrganizer(app)).owner)
    expect([(await foreign.get(`${path}/leave`)).status, (await foreign.post(`${path}/leave`)).status]).toEqual([404, 404])
    expect((await browse(app).post(`${path}/leave`)).status).toBe(401)
  })

  it('mails an invitation again to who has not followed it', async () => {
    const { owner, path, organizer } = await team()
    await owner.post(path, { email: 'afi@example.test', name: 'Afi', role: 'manager' })
    const member = new RegExp(`href="(${path}/members/[0-9a-f-]{36})">Afi`).exec((await owner.get(path)).html)![1]!
    expect((await owner.get(member)).text).toContain('Renvoyer l’invitation')
    const invitations = async () =>
      (await app.db.selectFrom('fact').select('id').where('kind', '=', 'member.invited').where('organizerId', '=', organizer.id).execute()).length
    expect((await owner.post(`${member}/again`)).location).toContain('done=invited')
    expect(await invitations()).toBe(2)
    const manager = browse(app, await buildMember(app, organizer.id, 'manager'))
    expect((await manager.post(`${member}/again`)).status).toBe(403)
    await app.db.updateTable('membership').set({ confirmedAt: new Date() }).where('organizerId', '=', organizer.id).execute()
    expect((await owner.get(member)).text).not.toContain('Renvoyer l’invitation')
    await owner.post(`${member}/again`)
    expect(await invitations()).toBe(2)
  })

  it('keeps its last owner', async () => {
    const { owner, path, organizer } = await team()
    const refused = await owner.post(`${path}/members/${organizer.owner.publicId}/remove`)
    expect([refused.status, refused.text.includes('Une équipe garde au moins un propriétaire')]).toEqual([409, true])
  })

  it('lets managers give only smaller roles than their own', async () => {
    const { path, organizer } = await team()
    const manager = browse(app, await buildMember(app, organizer.id, 'manager'))
    const seen = await manager.get(path)
    expect(seen.html).toContain('value="cashier"')
    expect(seen.html).not.toContain('value="owner"')
    expect((await manager.post(path, { email: 'x@example.test', role: 'owner' })).status).toBe(403)
    expect((await manager.post(`${path}/members/${organizer.owner.publicId}/remove`)).status).toBe(403)
  })

  it.each<[TeamRole, number]>([
    ['owner', 200],
    ['manager', 200],
    ['cashier', 403],
    ['agent', 403],
  ])('opens to those who lead: %s', async (role, status) => {
    const { path, organizer } = await team()
    expect((await browse(app, await buildMember(app, organizer.id, role)).get(path)).status).toBe(status)
    expect((await browse(app, (await buildOrganizer(app)).owner).get(path)).status).toBe(404)
    expect((await browse(app).get(path)).status).toBe(303)
  })

  it('sends somebody without one to make it, and shows several side by side', async () => {
    const person = await buildAccount(app)
    expect((await browse(app, person).get('/organizer/team')).location).toBe('/account/organizer')
    const [one, two] = [await buildOrganizer(app, { name: 'Alpha' }), await buildOrganizer(app, { name: 'Bêta' })]
    await app.db.insertInto('membership').values({ organizerId: two.id, accountId: one.owner.accountId, role: 'manager' }).execute()
    expect((await browse(app, one.owner).get('/organizer/team')).location).toBe(`/organizer/team/${one.slug}`)
    expect((await browse(app, one.owner).get(`/organizer/team/${one.slug}`)).html).toContain(`href="/organizer/team/${two.slug}"`)
  })
})
