// What must always be true of the data, as SQL that lists what breaks it. Doctor, the admin page and the tests run the same list.
// Each statement sees one snapshot, so it may run while people buy and enter.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'

export type Invariant = {
  id: string
  /** A `warning` needs a person soon; a `fault` means that something was lost or invented. */
  severity: 'fault' | 'warning'
  sentence: { fr: string; en: string }
  /** What an operator does about it. */
  remedy: { fr: string; en: string }
  /** Selects `subject` and `detail` of each violation. */
  violations: string
}

export type InvariantResult = { invariant: Invariant; count: number; examples: { subject: string; detail: string }[] }

const LIVE = `('issued', 'paid', 'inside', 'outside')`

export const INVARIANTS: readonly Invariant[] = [
  {
    id: 'quota-within-size',
    severity: 'fault',
    sentence: {
      fr: 'Aucune jauge ne vend plus que sa taille : vendu + réservé ≤ taille.',
      en: 'No quota gives more than its size: sold + held ≤ size.',
    },
    remedy: {
      fr: 'Arrêtez la vente de cet événement, et cherchez la contrainte qui manque à quota_counter (never_oversold).',
      en: 'Stop selling this event, and see which constraint of quota_counter is missing (never_oversold).',
    },
    violations: `
      SELECT 'quota ' || quota_id AS subject, format('size %s, held %s, sold %s', size, held, sold) AS detail
        FROM quota_counter WHERE held + sold > size OR held < 0 OR sold < 0`,
  },
  {
    id: 'quota-counts-tickets',
    severity: 'fault',
    sentence: {
      fr: 'Les compteurs des jauges égalent les billets.',
      en: 'Each quota’s counters equal its tickets: held those reserved, sold those that let in.',
    },
    remedy: {
      fr: 'Comparez avec les faits de l’événement ; corrigez quota_counter sous le verrou de sa ligne.',
      en: 'Compare with the facts of the event; correct quota_counter under its row lock.',
    },
    violations: `
      WITH counted AS (
        SELECT event_id, ticket_type_id, count(*) FILTER (WHERE status = 'reserved') AS held, count(*) FILTER (WHERE status IN ${LIVE}) AS sold
          FROM ticket WHERE status NOT IN ('invalid', 'refunded') GROUP BY 1, 2
        UNION ALL SELECT event_id, ticket_type_id, held, 0 FROM ticket_issue WHERE held > 0
      ), expected AS (
        SELECT q.event_id, q.quota_id, COALESCE(sum(c.held), 0) AS held, COALESCE(sum(c.sold), 0) AS sold
          FROM quota_counter q
          LEFT JOIN event e ON e.id = q.event_id
          LEFT JOIN counted c ON c.event_id = q.event_id
            AND (e.capacity_quota_id = q.quota_id OR EXISTS (SELECT FROM ticket_type t WHERE t.id = c.ticket_type_id AND t.quota_id = q.quota_id))
         GROUP BY 1, 2
      )
      SELECT 'quota ' || q.quota_id AS subject, format('held %s but %s tickets reserved, sold %s but %s tickets sold', q.held, x.held, q.sold, x.sold) AS detail
        FROM quota_counter q JOIN expected x USING (event_id, quota_id) WHERE q.held <> x.held OR q.sold <> x.sold`,
  },
  {
    id: 'issues-add-up',
    severity: 'fault',
    sentence: {
      fr: 'Une émission garde autant de places qu’il lui reste de billets à faire ; finie, elle n’en garde aucune.',
      en: 'An issue keeps a place for each ticket that it has yet to make; once it has ended, none.',
    },
    remedy: {
      fr: 'Comparez ticket_issue et ses billets ; remettez en vente, sous le verrou de quota_counter, les places que personne n’attend.',
      en: 'Compare ticket_issue with its tickets; put places that nobody waits for back on sale, under the lock of quota_counter.',
    },
    violations: `
      SELECT 'issue ' || i.errand_id AS subject, format('%s of %s tickets made, %s places kept, its errand %s', COALESCE(t.n, 0), i.quantity, i.held, e.state) AS detail
        FROM ticket_issue i JOIN errand e ON e.id = i.errand_id
        LEFT JOIN (SELECT event_id, issue_id, count(*) AS n FROM ticket WHERE issue_id IS NOT NULL GROUP BY 1, 2) t ON t.event_id = i.event_id AND t.issue_id = i.errand_id
       WHERE COALESCE(t.n, 0) > i.quantity OR (i.held > 0 AND (e.ended_at IS NOT NULL OR COALESCE(t.n, 0) + i.held <> i.quantity))`,
  },
  {
    id: 'ledger-balances',
    severity: 'fault',
    sentence: { fr: 'Chaque écriture du grand livre s’équilibre à zéro.', en: 'Every posting of the ledger sums to zero, and so does the whole.' },
    remedy: {
      fr: 'Quelqu’un a écrit sans passer par le contrôle ledger_balanced : trouvez l’origine de l’écriture et passez sa correction.',
      en: 'Somebody wrote past the trigger ledger_balanced: find the posting’s source and post its correction.',
    },
    violations: `
      SELECT 'posting ' || p.id AS subject,
             CASE WHEN count(e.posting_id) < 2 THEN format('%s (%s) has %s entries', p.kind, p.source_id, count(e.posting_id))
                  ELSE format('%s (%s) is off by %s %s', p.kind, p.source_id, sum(e.amount), e.currency) END AS detail
        FROM ledger_posting p LEFT JOIN ledger_entry e ON e.posting_id = p.id
       GROUP BY p.id, p.kind, p.source_id, e.currency HAVING COALESCE(sum(e.amount), 0) <> 0 OR count(e.posting_id) < 2`,
  },
  {
    id: 'payments-in-ledger',
    severity: 'fault',
    sentence: {
      fr: 'Chaque paiement réussi figure au grand livre, pour son montant exact.',
      en: 'Every succeeded payment stands in the ledger with its exact amount, and nothing else does.',
    },
    remedy: {
      fr: 'Regardez les faits du paiement et le relevé de l’opérateur avant toute écriture.',
      en: 'Look at the payment’s facts and at its provider’s statement before posting anything.',
    },
    violations: `
      SELECT 'payment ' || COALESCE(p.id, l.source_id) AS subject,
             format('the provider collected %s, the ledger says %s', COALESCE(p.amount, 0), COALESCE(l.amount, 0)) AS detail
        FROM (SELECT id, amount FROM payment WHERE status = 'SUCCEEDED') p
        FULL JOIN (SELECT g.source_id, sum(e.amount) AS amount
                     FROM ledger_posting g JOIN ledger_entry e ON e.posting_id = g.id JOIN ledger_account a ON a.id = e.account_id
                    WHERE g.kind IN ('payment', 'late_payment') AND a.kind = 'provider' GROUP BY 1) l ON l.source_id = p.id
       WHERE p.amount IS DISTINCT FROM l.amount`,
  },
  {
    id: 'payment-has-outcome',
    severity: 'fault',
    sentence: {
      fr: 'Chaque paiement réussi a payé sa commande ou doit être remboursé.',
      en: 'Every succeeded payment paid its order or is due back; no other payment claims so.',
    },
    remedy: {
      fr: 'guichet order show CODE dit où en est la commande ; réglez ou remboursez le paiement à la main.',
      en: 'guichet order show CODE tells the order’s state; settle or refund the payment by hand.',
    },
    violations: `
      SELECT 'payment ' || id AS subject, format('%s, outcome %s', status, COALESCE(outcome, 'none')) AS detail
        FROM payment WHERE (status = 'SUCCEEDED') <> (outcome IS NOT NULL)`,
  },
  {
    id: 'order-is-paid-once',
    severity: 'fault',
    sentence: {
      fr: 'Une commande payée l’est par un seul paiement, de son montant exact.',
      en: 'A paid order was paid by exactly one payment of its exact total; an unpaid one by none.',
    },
    remedy: {
      fr: 'guichet order show CODE montre ses paiements ; remboursez le surplus, ou annulez ce que personne n’a payé.',
      en: 'guichet order show CODE lists its payments; refund the surplus, or cancel what nobody paid.',
    },
    violations: `
      SELECT 'order ' || o.code AS subject, format('%s, total %s, settled by %s payments of %s in all', o.status, o.total, COALESCE(p.n, 0), COALESCE(p.amount, 0)) AS detail
        FROM ticket_order o
        LEFT JOIN (SELECT payable_id, count(*) AS n, sum(amount) AS amount FROM payment
                    WHERE payable_kind = 'order' AND outcome = 'settled' GROUP BY 1) p ON p.payable_id = o.id
       WHERE o.total > 0 AND CASE WHEN o.paid_at IS NOT NULL THEN p.n IS DISTINCT FROM 1 OR p.amount <> o.total ELSE p.n IS NOT NULL END`,
  },
  {
    id: 'money-in',
    severity: 'fault',
    sentence: { fr: 'L’argent reçu = commandes payées + sommes à rendre.', en: 'Money in = orders paid + money due back.' },
    remedy: {
      fr: 'Les autres contrôles des paiements et des commandes nomment la ligne en cause.',
      en: 'The other invariants on payments and orders name the one at fault.',
    },
    violations: `
      WITH received AS (SELECT organizer_id, currency, sum(amount) AS total, COALESCE(sum(amount) FILTER (WHERE outcome = 'refund_due'), 0) AS back
                          FROM payment WHERE status = 'SUCCEEDED' AND payable_kind = 'order' GROUP BY 1, 2),
           sold AS (SELECT organizer_id, currency, sum(total) AS total FROM ticket_order WHERE paid_at IS NOT NULL AND total > 0 GROUP BY 1, 2)
      SELECT 'organizer ' || organizer_id AS subject,
             format('%s in, %s sold, %s due back or given back (%s)', COALESCE(r.total, 0), COALESCE(s.total, 0), COALESCE(r.back, 0), currency) AS detail
        FROM received r FULL JOIN sold s USING (organizer_id, currency)
       WHERE COALESCE(r.total, 0) <> COALESCE(s.total, 0) + COALESCE(r.back, 0)`,
  },
  {
    id: 'refunds-within-payment',
    severity: 'fault',
    sentence: {
      fr: 'On ne rembourse jamais plus que le paiement, et l’argent à rendre a sa demande.',
      en: 'Refunds never exceed their payment, and money due back has its refund.',
    },
    remedy: {
      fr: 'Demandez à l’opérateur quels remboursements il a faits ; demandez celui qui manque, ou réglez le surplus avec l’acheteur.',
      en: 'Ask the provider which refunds it made; request the missing one, or settle the surplus with the buyer.',
    },
    violations: `
      SELECT 'payment ' || p.id AS subject, format('%s collected, %s refunded or under way, outcome %s', p.amount, COALESCE(sum(r.amount), 0), p.outcome) AS detail
        FROM payment p LEFT JOIN refund r ON r.payment_id = p.id AND r.status <> 'FAILED'
       WHERE p.status = 'SUCCEEDED' GROUP BY p.id
      HAVING COALESCE(sum(r.amount), 0) > p.amount
          OR (p.outcome = 'refund_due' AND NOT EXISTS (SELECT FROM refund x WHERE x.payment_id = p.id))
      UNION ALL
      SELECT 'refund ' || r.id, format('%s of a payment that has not succeeded', r.amount)
        FROM refund r LEFT JOIN payment p ON p.id = r.payment_id WHERE p.status IS DISTINCT FROM 'SUCCEEDED'
      UNION ALL
      SELECT 'refund ' || r.id, format('takes the place of %s, which is %s, of %s', f.id, f.status, f.amount)
        FROM refund r JOIN refund f ON f.id = r.retry_of WHERE f.status <> 'FAILED' OR f.payment_id <> r.payment_id OR f.amount <> r.amount`,
  },
  {
    id: 'refunds-in-ledger',
    severity: 'fault',
    sentence: {
      fr: 'Les remboursements effectués figurent au grand livre.',
      en: 'Every refund made stands in the ledger with its exact amount, and nothing else does.',
    },
    remedy: {
      fr: 'Comparez avec le relevé de l’opérateur ; passez l’écriture qui manque.',
      en: 'Compare with the provider’s statement; post what is missing.',
    },
    violations: `
      SELECT 'refund ' || COALESCE(r.id, l.source_id) AS subject, format('%s given back, the ledger says %s', COALESCE(r.amount, 0), COALESCE(l.amount, 0)) AS detail
        FROM (SELECT id, amount FROM refund WHERE status = 'SUCCEEDED') r
        FULL JOIN (SELECT g.source_id, -sum(e.amount) AS amount
                     FROM ledger_posting g JOIN ledger_entry e ON e.posting_id = g.id JOIN ledger_account a ON a.id = e.account_id
                    WHERE g.kind = 'refund_paid' AND a.kind = 'provider' GROUP BY 1) l ON l.source_id = r.id
       WHERE r.amount IS DISTINCT FROM l.amount`,
  },
  {
    id: 'books-equal-sales',
    severity: 'fault',
    sentence: {
      fr: 'Le relevé d’un organisateur égale ses commandes payées, moins remboursements et frais.',
      en: 'An organizer’s statement = its paid orders − refunds of them − provider fees; commission included.',
    },
    remedy: {
      fr: 'Les autres règles sur les paiements et remboursements désignent le fautif ; comparez le relevé avec les commandes de ses événements.',
      en: 'The other invariants on payments and refunds name the one at fault; compare the statement with the orders of its events.',
    },
    violations: `
      WITH earned AS (SELECT g.organizer_id, e.currency, -sum(e.amount) AS total
                        FROM ledger_posting g JOIN ledger_entry e ON e.posting_id = g.id JOIN ledger_account a ON a.id = e.account_id
                       WHERE a.kind IN ('organizer', 'commission') GROUP BY 1, 2),
           due AS (SELECT organizer_id, currency, sum(amount) AS total FROM (
                     SELECT organizer_id, currency, total AS amount FROM ticket_order WHERE paid_at IS NOT NULL
                     UNION ALL SELECT organizer_id, currency, -fees FROM payment WHERE status = 'SUCCEEDED' AND payable_kind = 'order'
                     UNION ALL SELECT r.organizer_id, r.currency, -r.amount FROM refund r JOIN payment p ON p.id = r.payment_id
                                WHERE p.outcome = 'settled' AND p.payable_kind = 'order' AND r.status <> 'FAILED') flow GROUP BY 1, 2)
      SELECT 'organizer ' || organizer_id AS subject, format('the ledger says %s %s, its orders %s', COALESCE(e.total, 0), currency, COALESCE(d.total, 0)) AS detail
        FROM earned e FULL JOIN due d USING (organizer_id, currency) WHERE COALESCE(e.total, 0) <> COALESCE(d.total, 0)`,
  },
  {
    id: 'order-has-its-tickets',
    severity: 'fault',
    sentence: {
      fr: 'Chaque commande a tous ses billets ; leurs prix font son total, leurs frais les siens.',
      en: 'Every order has all its tickets; their prices make its total, their fees its fees.',
    },
    remedy: {
      fr: 'guichet order show CODE ; annulez et remboursez ce qui ne peut être livré.',
      en: 'guichet order show CODE; cancel and refund what can’t be delivered.',
    },
    violations: `
      SELECT 'order ' || o.code AS subject, 
             format('%s tickets for %s, prices %s for a total of %s, fees %s for %s', COALESCE(t.n, 0), o.quantity, COALESCE(t.price, 0), o.total, COALESCE(t.fee, 0), COALESCE(o.fees, 0)) AS detail
        FROM ticket_order o
        LEFT JOIN (SELECT event_id, order_id, count(*) AS n, sum(price) AS price, sum(fee) AS fee FROM ticket GROUP BY 1, 2) t ON t.event_id = o.event_id AND t.order_id = o.id
       WHERE t.n IS DISTINCT FROM o.quantity OR t.price IS DISTINCT FROM o.total OR t.fee IS DISTINCT FROM COALESCE(o.fees, 0)`,
  },
  {
    id: 'fees-are-the-commission',
    severity: 'fault',
    sentence: {
      fr: 'Les frais payés par l’acheteur sont la commission de la vente, au franc près.',
      en: 'What a buyer paid as the fee is the commission of that sale, to the franc.',
    },
    remedy: {
      fr: 'Comparez la commande et l’écriture de son paiement ; passez la différence entre commission et organisateur.',
      en: 'Compare the order with its payment’s posting; post the difference between commission and organizer.',
    },
    violations: `
      SELECT 'order ' || o.code AS subject, format('fees %s, commission %s', o.fees, COALESCE(c.amount, 0)) AS detail
        FROM ticket_order o JOIN payment p ON p.payable_kind = 'order' AND p.payable_id = o.id AND p.outcome = 'settled'
        LEFT JOIN (SELECT g.source_id, -sum(e.amount) AS amount
                     FROM ledger_posting g JOIN ledger_entry e ON e.posting_id = g.id JOIN ledger_account a ON a.id = e.account_id
                    WHERE g.kind = 'payment' AND a.kind = 'commission' GROUP BY 1) c ON c.source_id = p.id
       WHERE o.fees IS NOT NULL AND o.fees <> COALESCE(c.amount, 0)`,
  },
  {
    id: 'tickets-issued-are-paid',
    severity: 'fault',
    sentence: {
      fr: 'Un billet valable est payé ou gratuit : son état suit celui de sa commande.',
      en: 'Tickets issued = tickets paid or free: a ticket’s state follows its order’s.',
    },
    remedy: {
      fr: 'guichet order show CODE ; un billet qui laisse entrer sans être payé doit être invalidé.',
      en: 'guichet order show CODE; a ticket that lets in without being paid must be invalidated.',
    },
    violations: `
      SELECT 'order ' || o.code AS subject, format('%s, with %s tickets %s', o.status, count(*), t.status) AS detail
        FROM ticket t JOIN ticket_order o ON o.event_id = t.event_id AND o.id = t.order_id
       WHERE NOT CASE o.status
          WHEN 'awaiting_payment' THEN t.status = 'reserved'
          WHEN 'paid' THEN t.status IN ${LIVE}
          WHEN 'partially_refunded' THEN t.status IN ('issued', 'paid', 'inside', 'outside', 'refunded', 'invalid')
          ELSE t.status IN ('invalid', 'refunded') END
       GROUP BY o.code, o.status, t.status`,
  },
  {
    id: 'occupancy-equals-admissions',
    severity: 'fault',
    sentence: { fr: 'Présents = entrées − sorties = billets à l’intérieur.', en: 'Inside now = admissions − exits = tickets inside.' },
    remedy: {
      fr: 'Recomptez les présents d’après les scans, une fois les portes fermées.',
      en: 'Correct the event’s occupancy from its scans once the doors are closed.',
    },
    violations: `
      WITH o AS (SELECT event_id, sum(inside) AS inside, sum(total_in) AS entries, sum(total_out) AS exits FROM occupancy GROUP BY 1),
           t AS (SELECT event_id, count(*) AS inside FROM ticket WHERE status = 'inside' GROUP BY 1),
           s AS (SELECT event_id, count(*) AS entries FROM scan WHERE result = 'OK' AND dir = 'in' GROUP BY 1)
      SELECT 'event ' || event_id AS subject,
             format('%s counted inside, %s entries − %s exits, %s tickets inside, %s admissions logged',
                    COALESCE(o.inside, 0), COALESCE(o.entries, 0), COALESCE(o.exits, 0), COALESCE(t.inside, 0), COALESCE(s.entries, 0)) AS detail
        FROM o FULL JOIN t USING (event_id) FULL JOIN s USING (event_id)
       WHERE COALESCE(o.inside, 0) <> COALESCE(o.entries, 0) - COALESCE(o.exits, 0)
          OR COALESCE(o.inside, 0) <> COALESCE(t.inside, 0) OR COALESCE(o.entries, 0) <> COALESCE(s.entries, 0)`,
  },
  {
    id: 'admitted-within-limit',
    severity: 'fault',
    sentence: {
      fr: 'Un billet n’entre jamais plus souvent qu’il n’en a le droit.',
      en: 'A ticket is admitted once per allowed entry, and each admission has its scan.',
    },
    remedy: {
      fr: 'Regardez les scans du billet : deux personnes sont peut-être entrées avec lui.',
      en: 'Look at the ticket’s scans: two people may be inside with it.',
    },
    violations: `
      SELECT 'ticket ' || t.id AS subject, format('used %s times, %s admissions logged, limit %s', t.used_count, COALESCE(s.n, 0), COALESCE(tt.usage_limit::text, 'none')) AS detail
        FROM ticket t JOIN ticket_type tt ON tt.id = t.ticket_type_id
        LEFT JOIN (SELECT event_id, ticket_id, count(*) AS n FROM scan WHERE result = 'OK' AND dir = 'in' GROUP BY 1, 2) s ON s.event_id = t.event_id AND s.ticket_id = t.id
       WHERE (t.used_count > 0 OR s.n > 0) AND (t.used_count <> COALESCE(s.n, 0) OR (tt.usage_period = 'event' AND t.used_count > tt.usage_limit))`,
  },
  {
    id: 'nothing-orphaned',
    severity: 'fault',
    sentence: { fr: 'Rien ne renvoie à ce qui n’existe pas.', en: 'Nothing refers to what does not exist.' },
    remedy: {
      fr: 'Reprenez d’une sauvegarde ce qui a été supprimé : rien chez nous n’efface ces lignes.',
      en: 'Restore what was deleted from a backup: nothing of ours deletes these rows.',
    },
    violations: `
      SELECT 'order ' || o.code AS subject, 'its event ' || o.event_id || ' does not exist' AS detail
        FROM ticket_order o WHERE NOT EXISTS (SELECT FROM event e WHERE e.id = o.event_id)
      UNION ALL SELECT 'ticket ' || t.id, 'its order ' || t.order_id || ' does not exist'
        FROM ticket t WHERE NOT EXISTS (SELECT FROM ticket_order o WHERE o.event_id = t.event_id AND o.id = t.order_id)
      UNION ALL SELECT 'ticket ' || t.id, 'its type ' || t.ticket_type_id || ' does not exist'
        FROM ticket t WHERE NOT EXISTS (SELECT FROM ticket_type y WHERE y.id = t.ticket_type_id AND y.event_id = t.event_id)
      UNION ALL SELECT 'ticket ' || t.id, 'its signing key ' || t.kid || ' does not exist'
        FROM ticket t WHERE NOT EXISTS (SELECT FROM event_key k WHERE k.event_id = t.event_id AND k.kid = t.kid)
      UNION ALL SELECT 'quota ' || q.id, 'it has no counter'
        FROM quota q WHERE NOT EXISTS (SELECT FROM quota_counter c WHERE c.event_id = q.event_id AND c.quota_id = q.id)
      UNION ALL SELECT 'payment ' || p.id, 'its order ' || p.payable_id || ' does not exist'
        FROM payment p WHERE p.payable_kind = 'order' AND NOT EXISTS (SELECT FROM ticket_order o WHERE o.event_id = p.event_id AND o.id = p.payable_id)
      UNION ALL SELECT 'scan ' || s.scan_id, 'its ticket ' || s.ticket_id || ' does not exist'
        FROM scan s WHERE s.ticket_id IS NOT NULL AND NOT EXISTS (SELECT FROM ticket t WHERE t.event_id = s.event_id AND t.id = s.ticket_id)
      UNION ALL SELECT 'magic link of order ' || m.order_id, 'the order does not exist'
        FROM magic_link m WHERE NOT EXISTS (SELECT FROM ticket_order o WHERE o.event_id = m.event_id AND o.id = m.order_id)`,
  },
  {
    id: 'facts-are-read',
    severity: 'warning',
    sentence: { fr: 'Les faits sont lus sans retard.', en: 'Subscribers keep up with the facts: mails and notices leave soon.' },
    remedy: {
      fr: 'Démarrez un worker (GUICHET_ROLE=worker), ou cherchez dans son journal pourquoi il ne lit pas.',
      en: 'Start a worker (GUICHET_ROLE=worker), or look in its log for why it can’t read.',
    },
    violations: `
      SELECT 'subscriber ' || c.subscriber AS subject, format('%s facts unread, the oldest of %s', count(*), min(f.at)) AS detail
        FROM fact_cursor c JOIN fact f ON (f.xid, f.id) > (c.xid, c.id)
       WHERE f.xid < pg_snapshot_xmin(pg_current_snapshot()) GROUP BY c.subscriber HAVING min(f.at) < now() - interval '2 minutes'`,
  },
  {
    id: 'holds-expire',
    severity: 'warning',
    sentence: { fr: 'Les réservations impayées se libèrent à l’heure.', en: 'Unpaid orders let their places go in time.' },
    remedy: {
      fr: 'Démarrez un worker ; s’il tourne, l’opérateur ne dit peut-être pas ce que sont devenus ces paiements.',
      en: 'Start a worker; where one runs, the payment provider may not answer what became of these payments.',
    },
    violations: `
      SELECT 'order ' || code AS subject, 'held until ' || expires_at AS detail
        FROM ticket_order WHERE status = 'awaiting_payment' AND expires_at < now() - interval '15 minutes'`,
  },
  {
    id: 'cancelled-events-are-cleared',
    severity: 'warning',
    sentence: {
      fr: 'Les commandes d’un événement annulé sont annulées et remboursées.',
      en: 'No order of a cancelled event is still alive: each was cancelled, and its money sent back.',
    },
    remedy: {
      fr: 'Lancez un worker ; s’il en tourne un, cherchez la tâche cancel-event-orders parmi celles qui ont été abandonnées et relancez-la.',
      en: 'Start a worker; where one runs, look for the job cancel-event-orders among those given up, and retry it.',
    },
    violations: `
      SELECT 'order ' || o.code AS subject, format('%s, its event was cancelled at %s', o.status, e.cancelled_at) AS detail
        FROM event e JOIN ticket_order o ON o.event_id = e.id
       WHERE e.status = 'cancelled' AND e.cancelled_at < now() - interval '15 minutes' AND o.status IN ('awaiting_payment', 'paid', 'partially_refunded')`,
  },
  {
    id: 'payments-need-no-review',
    severity: 'warning',
    sentence: { fr: 'Aucun paiement n’attend une décision humaine.', en: 'No payment or refund waits for a person’s decision.' },
    remedy: {
      fr: 'Demandez à l’opérateur ce qu’il en est, puis réglez ou remboursez dans l’administration.',
      en: 'Ask the provider what became of it, then settle or refund it in the administration.',
    },
    violations: `
      SELECT 'payment ' || id AS subject, format('%s %s by %s: %s', amount, currency, provider, COALESCE(review_reason, 'unclear')) AS detail FROM payment WHERE status = 'REVIEW'
      UNION ALL SELECT 'refund ' || id, format('%s %s: %s', amount, currency, COALESCE(failure, status)) FROM refund r WHERE status = 'MANUAL_REQUIRED' OR (status = 'FAILED' AND NOT EXISTS (SELECT FROM refund n WHERE n.retry_of = r.id))`,
  },
]

const EXAMPLES = 5

/**
 * Checks one invariant: how many violations, and the first few. It counts over whole tables, so it may take longer than the statements of
 * a sale may: five minutes, in a transaction of its own that can only read. In a caller's transaction, the caller's limits hold.
 */
export async function checkInvariant(db: Db, invariant: Invariant): Promise<InvariantResult> {
  if (db.isTransaction) return countViolations(db, invariant)
  return db
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`SET LOCAL statement_timeout = '5min'`.execute(tx)
      return countViolations(tx, invariant)
    })
}

async function countViolations(db: Db, invariant: Invariant): Promise<InvariantResult> {
  const { rows } = await sql<{ count: number; examples: { subject: string; detail: string }[] }>`
    WITH violation AS MATERIALIZED (${sql.raw(invariant.violations)})
    SELECT (SELECT count(*) FROM violation) AS count,
           COALESCE((SELECT json_agg(v) FROM (SELECT subject, detail FROM violation ORDER BY subject LIMIT ${EXAMPLES}) v), '[]') AS examples`.execute(
    db,
  )
  return { invariant, ...rows[0]! }
}

/** Checks them all, one after another: it is a check-up, not a race. */
export async function checkInvariants(db: Db, invariants: readonly Invariant[] = INVARIANTS): Promise<InvariantResult[]> {
  const results: InvariantResult[] = []
  for (const invariant of invariants) results.push(await checkInvariant(db, invariant))
  return results
}
