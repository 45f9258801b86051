// Who may call what: every operation of the API, for everybody who might try, on real things of one organizer.
import { expect, beforeAll, describe, test } from 'vitest'
import sharp from 'sharp'
import { testApp } from '#test/app.ts'
import { addressOf, listOperations, type Operation } from './operations.ts'
import { BODIES, paramsOf } from './requests.ts'
import { buildScene, CALLERS, type Caller, type Scene } from './scene.ts'

const app = testApp({ REVIEW_EVENTS: 'off' })

// visitor: no credentials · stranger: a participant · rival: owner of another organizer · holder: bears the paid order's own token ·
// agent, cashier, owner: of the organizer whose things these are. The callers follow one another on the same things.
const TABLE = `
operation                 on         visitor stranger rival holder agent cashier owner
register                  -              201      201   201    201   201     201   201
logIn                     -              401      401   401    401   401     401   401
refresh                   -              401      401   401    401   401     401   401
logOut                    -              204      204   204    204   204     204   204
requestPasswordReset      -              202      202   202    202   202     202   202
resetPassword             -              422      422   422    422   422     422   422
requestEmailVerification  -              401      202   202    401   202     202   202
verifyEmail               -              422      422   422    422   422     422   422

getMe                     -              401      200   200    401   200     200   200
updateMe                  -              401      200   200    401   200     200   200
listMySessions            -              401      200   200    401   200     200   200
revokeSession             own            401      404   404    401   404     404   204
listMyOrders              -              401      200   200    401   200     200   200

createOrganizer           -              401      201   201    401   201     201   201
listOwnOrganizers         -              401      200   200    401   200     200   200
getOrganizer              team           200      200   200    200   200     200   200
updateOrganizer           team           401      404   404    401   403     403   200
listMembers               team           401      404   404    401   403     403   200
addMember                 team           401      404   404    401   403     403   201
changeMemberRole          team           401      404   404    401   403     403   200
removeMember              team           401      404   404    401   403     403   204

listCategories            -              200      200   200    200   200     200   200
listEvents                -              200      200   200    200   200     200   200
listEvents                mine           401      200   200    401   200     200   200
listEvents                all            401      403   403    401   403     403   403
createEvent               -              401      403   201    401   403     403   201
getEvent                  published      200      200   200    200   200     200   200
getEvent                  draft          404      404   404    404   200     200   200
getEvent                  private        404      404   404    404   200     200   200
updateEvent               published      401      404   404    401   403     403   200
updateEvent               draft          401      404   404    401   403     403   200
setRefundPolicy           published      401      404   404    401   403     403   200
setFees                   published      401      404   404    401   403     403   200
setLanguages              published      401      404   404    401   403     403   200
deleteEvent               draft          401      404   404    401   403     403   204
copyEvent                 draft          401      404   404    401   403     403   201
publishEvent              draft          401      404   404    401   403     403   200
unpublishEvent            published      401      404   404    401   403     403   204
cancelEvent               published      401      404   404    401   403     403   200
reviewEvent               draft          401      404   404    401   403     403   403
setCover                  published      401      404   404    401   403     403   200
removeCover               published      401      404   404    401   403     403   204
listInvitations           private        401      404   404    401   403     403   200
inviteGuest               private        401      404   404    401   403     403   201
revokeInvitation          private        401      404   404    401   403     403   204
listSessions              published      200      200   200    200   200     200   200
listSessions              draft          404      404   404    404   200     200   200
listSessions              private        404      404   404    404   200     200   200
addSession                published      401      404   404    401   403     403   201
removeSession             published      401      404   404    401   403     403   204

listTicketTypes           published      200      200   200    200   200     200   200
listTicketTypes           draft          404      404   404    404   200     200   200
listTicketTypes           private        404      404   404    404   200     200   200
createTicketType          published      401      404   404    401   403     403   201
updateTicketType          hidden         401      404   404    401   403     403   200
deleteTicketType          hidden         401      404   404    401   403     403   204
listQuotas                published      401      404   404    401   403     200   200
createQuota               published      401      404   404    401   403     403   201
resizeQuota               published      401      404   404    401   403     403   200

placeOrder                published      201      201   201    201   201     201   201
placeOrder                draft          404      404   404    404   409     409   409
placeOrder                private        404      404   404    404   201     201   201
placeOrder                desk           403      403   403    403   403     201   201
getOrder                  paid           401      404   404    200   404     200   200
getOrder                  waiting        401      404   404    401   404     200   200
cancelOrder               paid           401      404   404    403   404     403   200
cancelOrder               waiting        401      404   404    401   404     200   409
refundOrder               paid           401      404   404    403   404     403   201
listRefundRequests        published      401      404   404    401   403     200   200
requestRefund             paid           401      404   404    201   404     403   403
approveRefundRequest      paid           401      404   404    403   404     403   409
declineRefundRequest      paid           401      404   404    403   404     403   200
resendOrder               paid           401      404   404    202   404     202   202
payOrder                  unpaid         401      404   404    401   404     201   409
payOrder                  waiting        401      404   404    401   404     409   409
renameHolder              paid           401      404   404    403   404     200   200
reissueTicket             paid           401      404   404    403   404     200   200
listEventOrders           published      401      404   404    401   403     200   200
listEventOrders           draft          401      404   404    401   403     200   200

listParticipants          published      401      404   404    401   403     200   200
exportParticipantsCsv     published      401      404   404    401   403     200   200
exportParticipantsXlsx    published      401      404   404    401   403     200   200

issueTickets              published      401      404   404    401   403     403   202
listErrands               published      401      404   404    401   403     403   200
getErrand                 errand         401      404   404    401   403     403   200
getErrandFile             errand         401      404   404    401   403     403   404
stopErrand                errand         401      404   404    401   403     403   200
activateIssue             errand         401      404   404    401   403     403   200

listPaymentMethods        -              200      200   200    200   200     200   200
getPayment                paid           404      404   404    200   404     200   200
getPayment                waiting        404      404   404    404   404     200   200
closeRefund               refund         404      404   404    404   404     403   200
approveSimulatedPayment   waiting        200      200   200    200   200     200   200
refuseSimulatedPayment    waiting        200      200   200    200   200     200   200
expireSimulatedPayment    waiting        200      200   200    200   200     200   200

listGates                 published      401      404   404    401   200     200   200
createGate                published      401      404   404    401   403     403   201
updateGate                gate           401      404   404    401   403     403   200
archiveGate               gate           401      404   404    401   403     403   204
listGateAgents            gate           401      404   404    401   403     403   200
assignAgent               gate           401      404   404    401   403     403   201
releaseAgent              gate           401      404   404    401   403     403   204
requestScan               gate           401      403   403    401   200     403   200
requestScan               elsewhere      401      403   403    401   403     403   200
confirmScan               session        401      403   403    401   200     403   403
listOpenGates             -              401      200   200    401   200     200   200
getScan                   scan           401      404   404    401   200     404   200
listScans                 published      401      404   404    401   200     200   200
exportScansCsv            published      401      404   404    401   403     403   200

getEventStats             published      401      404   404    401   200     200   200
getEventStats             draft          401      404   404    401   200     200   200
getOrganizerDashboard     -              401      403   200    401   403     200   200
getAdminDashboard         -              401      403   403    401   403     403   403
`

type Row = { operation: string; on: string; expected: Record<Caller, number> }

const rows: Row[] = TABLE.trim()
  .split('\n')
  .slice(1)
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [operation, on, ...statuses] = line.trim().split(/\s+/)
    return {
      operation: operation!,
      on: on!,
      expected: Object.fromEntries(CALLERS.map((caller, i) => [caller, Number(statuses[i])])) as Record<Caller, number>,
    }
  })

let museum: Scene
let names: string[]
let operations: Map<string, Operation>
let png: Buffer

async function call(scene: Scene, row: Row, caller: Caller, change: (body: object) => object = (body) => body) {
  const operation = operations.get(row.operation)!
  const body = row.operation === 'setCover' ? png : operation.body && change(BODIES[row.operation]!(scene, row.on))
  const url =
    addressOf(operation, row.on === 'own' ? { id: scene.ownerSession } : paramsOf(scene, row.operation, row.on)) +
    (row.operation === 'listEvents' && row.on !== '-' ? `?${row.on}=true` : '')
  const response = await app.server.inject({
    method: operation.method,
    url,
    remoteAddress: `10.9.${scene.n}.${CALLERS.indexOf(caller)}`,
    ...(body ? { payload: body } : {}),
    headers: { ...scene.headers[caller], ...(row.operation === 'setCover' ? { 'content-type': 'image/png' } : {}) },
  })
  return { status: response.statusCode, text: response.body, sent: `${url} ${Buffer.isBuffer(body) ? '' : JSON.stringify(body ?? '')}` }
}

beforeAll(async () => {
  const listed = await listOperations(app)
  names = listed.map((operation) => operation.id)
  operations = new Map(listed.map((operation) => [operation.id, operation]))
  png = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#060' } })
    .png()
    .toBuffer()
  museum = await buildScene(app)
})

describe('who may call what', () => {
  test('every operation says who may call it', () => {
    expect(names, 'two operations of one name').toHaveLength(operations.size)
    expect(
      [...operations.keys()].filter((id) => !rows.some((row) => row.operation === id)),
      'declare who may call it, in the table above',
    ).toEqual([])
    expect(
      rows.filter((row) => !operations.has(row.operation)).map((row) => row.operation),
      'in the table but not in the API',
    ).toEqual([])
    expect(
      [...operations.values()].filter((operation) => operation.body && !BODIES[operation.id]).map((operation) => operation.id),
      'show a good body',
    ).toEqual([])
  })

  test.each(rows)('$operation on $on', async (row) => {
    // Who only looks leaves everything as it was.
    const scene = operations.get(row.operation)!.method === 'GET' ? museum : await buildScene(app)
    const answered: Partial<Record<Caller, number>> = {}
    const told: string[] = []
    for (const caller of CALLERS) {
      const { status, text, sent } = await call(scene, row, caller)
      answered[caller] = status
      const outside = caller === 'visitor' || caller === 'stranger' || caller === 'rival' || (caller === 'holder' && status >= 300)
      if (outside)
        told.push(
          ...scene.secrets.filter((secret) => text.includes(secret) && !sent.includes(secret)).map((secret) => `${caller} was told ${secret}`),
        )
    }
    expect(answered).toEqual(row.expected)
    expect(told).toEqual([])
  })
})

describe('fields that nobody asked for', () => {
  /** The body with one more field, in each of its objects in turn. */
  function* swollen(body: object): Generator<object> {
    yield { ...body, organizerId: 1 }
    for (const [key, value] of Object.entries(body)) {
      if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object') yield { ...body, [key]: [{ ...(value[0] as object), price: 0 }] }
      else if (value !== null && typeof value === 'object' && !Array.isArray(value))
        yield { ...body, [key]: { ...(value as object), role: 'superadmin' } }
    }
  }

  test('are refused by every operation that takes a body, wherever they stand', async () => {
    const scene = await buildScene(app)
    const taken: string[] = []
    for (const { id } of [...operations.values()].filter((operation) => operation.body)) {
      const row = rows.findLast((one) => one.operation === id)!
      for (const [i] of [...swollen(BODIES[id]!(scene, row.on))].entries()) {
        const { status, text } = await call(scene, row, 'owner', (body) => [...swollen(body)][i]!)
        if (status !== 422 || !text.includes('additionalProperties')) taken.push(`${id} (object ${i}): ${status} ${text.slice(0, 120)}`)
      }
    }
    expect(taken).toEqual([])
  })
})
