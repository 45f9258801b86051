-- What is sold: quotas, ticket types, orders, tickets. See src/modules/ticketing/README.md for the locking rules.
-- Hot tables carry event_id in their key, so that they can be distributed by event, and have no foreign keys:
-- each would lock a row of the event or type that every buyer shares. `guichet doctor` looks for orphans instead.

CREATE TABLE quota (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id bigint NOT NULL REFERENCES event ON DELETE CASCADE,
  name     text   NOT NULL,
  kind     text   NOT NULL DEFAULT 'shared' CHECK (kind IN ('own', 'shared', 'capacity'))
);
CREATE INDEX quota_of_event ON quota (event_id);

-- The hot counter: narrow, with free space on its page so that updates stay in place, changed only under its row lock.
CREATE TABLE quota_counter (
  event_id bigint  NOT NULL,
  quota_id bigint  NOT NULL,
  size     integer NOT NULL,
  held     integer NOT NULL DEFAULT 0,
  sold     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (event_id, quota_id),
  CONSTRAINT never_oversold CHECK (size >= 0 AND held >= 0 AND sold >= 0 AND held + sold <= size)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

CREATE TABLE ticket_type (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id       bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  -- What a QR text carries: the type's number inside its event, never reused.
  ordinal        integer     NOT NULL CHECK (ordinal BETWEEN 1 AND 65535),
  name           text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  description    text        NOT NULL DEFAULT '',
  price          bigint      NOT NULL CHECK (price BETWEEN 0 AND 1000000000000),
  quota_id       bigint      NOT NULL REFERENCES quota,
  min_per_order  integer     NOT NULL DEFAULT 1 CHECK (min_per_order >= 1),
  max_per_order  integer     NOT NULL DEFAULT 10 CHECK (max_per_order BETWEEN 1 AND 100),
  sale_starts_at timestamptz,
  sale_ends_at   timestamptz,
  valid_from     timestamptz,
  valid_to       timestamptz,
  usage_limit    integer     CHECK (usage_limit > 0),
  usage_period   text        NOT NULL DEFAULT 'event' CHECK (usage_period IN ('event', 'day')),
  reentry        boolean     NOT NULL DEFAULT true,
  admit_issued   boolean     NOT NULL DEFAULT false,
  hidden         boolean     NOT NULL DEFAULT false,
  position       integer     NOT NULL DEFAULT 0,
  archived_at    timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (event_id, ordinal),
  CHECK (max_per_order >= min_per_order),
  CHECK (sale_ends_at IS NULL OR sale_starts_at IS NULL OR sale_ends_at > sale_starts_at),
  CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX ticket_type_name ON ticket_type (event_id, lower(name)) WHERE archived_at IS NULL;

CREATE SEQUENCE ticket_order_id AS bigint CACHE 32;
CREATE TABLE ticket_order (
  event_id     bigint      NOT NULL,
  id           bigint      NOT NULL DEFAULT nextval('ticket_order_id'),
  code         text        NOT NULL,
  organizer_id bigint      NOT NULL,
  account_id   bigint,
  status       text        NOT NULL CHECK (status IN ('awaiting_payment', 'paid', 'expired', 'cancelled', 'refund_due',
                                                      'partially_refunded', 'refunded')),
  channel      text        NOT NULL,
  buyer_name   text        NOT NULL,
  buyer_email  text,
  buyer_phone  text,
  locale       text        NOT NULL,
  quantity     integer     NOT NULL,
  total        bigint      NOT NULL,
  currency     char(3)     NOT NULL,
  expires_at   timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  paid_at      timestamptz,
  cancelled_at timestamptz,
  late         boolean     NOT NULL DEFAULT false,
  -- Idempotency-Key of the caller, hashed with who the caller is; and a hash of what was asked.
  idem_key     bytea       NOT NULL,
  request_hash bytea       NOT NULL,
  PRIMARY KEY (event_id, id),
  UNIQUE (code, event_id),
  UNIQUE (idem_key, event_id)
);
ALTER SEQUENCE ticket_order_id OWNED BY ticket_order.id;
CREATE INDEX ticket_order_to_expire ON ticket_order (expires_at) WHERE status = 'awaiting_payment';
CREATE INDEX ticket_order_of_account ON ticket_order (account_id) WHERE account_id IS NOT NULL;
-- For buyers who register later and look for their orders.
CREATE INDEX ticket_order_of_buyer ON ticket_order (buyer_email) WHERE buyer_email IS NOT NULL;

-- One row per place sold. The lines of an order are its tickets grouped by type and price.
CREATE TABLE ticket (
  event_id       bigint      NOT NULL,
  id             uuid        NOT NULL,
  order_id       bigint      NOT NULL,
  ticket_type_id bigint      NOT NULL,
  code           bytea       NOT NULL,
  kid            smallint    NOT NULL,
  status         text        NOT NULL CHECK (status IN ('reserved', 'issued', 'paid', 'inside', 'outside', 'invalid', 'refunded')),
  price          bigint      NOT NULL,
  holder_name    text,
  holder_email   text,
  created_at     timestamptz NOT NULL DEFAULT now(),
  used_count     integer     NOT NULL DEFAULT 0,
  usage_day      date,
  usage_day_count integer    NOT NULL DEFAULT 0,
  last_dir       text,
  last_gate_id   bigint,
  last_scan_at   timestamptz,
  version        integer     NOT NULL DEFAULT 0,
  PRIMARY KEY (event_id, id),
  UNIQUE (event_id, code)
) WITH (fillfactor = 80);
CREATE INDEX ticket_of_order ON ticket (event_id, order_id);

-- Signing keys of an event's QR texts; the private half is encrypted with the master key of the configuration.
CREATE TABLE event_key (
  event_id        bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  kid             smallint    NOT NULL,
  public_key      bytea       NOT NULL,
  private_key_enc bytea       NOT NULL,
  mac_key_enc     bytea       NOT NULL,
  status          text        NOT NULL CHECK (status IN ('active', 'verify_only', 'retired', 'compromised')),
  not_before      timestamptz NOT NULL DEFAULT now(),
  retired_at      timestamptz,
  PRIMARY KEY (event_id, kid)
);
CREATE UNIQUE INDEX event_key_active ON event_key (event_id) WHERE status = 'active';

CREATE TABLE retired_code (
  event_id  bigint      NOT NULL,
  code      bytea       NOT NULL,
  ticket_id uuid        NOT NULL,
  reason    text        NOT NULL,
  at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, code)
);

-- Links that show an order and its tickets without an account. 256 random bits, stored hashed, one order each.
CREATE TABLE magic_link (
  token_hash   bytea       PRIMARY KEY,
  event_id     bigint      NOT NULL,
  order_id     bigint      NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz,
  last_used_at timestamptz
);
CREATE INDEX magic_link_of_order ON magic_link (event_id, order_id);

-- Places a batch of orders for one event, in order of arrival, in one transaction.
--
-- Per order (arrays of equal length, read by position): code, idempotency key, request hash, buyer, actor; `p_insider`
-- says that the door may sell what the public can't (private events, hidden types, outside the sale window).
-- Per ticket: t_order is the position of its order (from 1).
-- Answers one row per order: `granted`, `replayed` (same key and request: the stored order), or a refusal's code.
-- A refusal names the ticket type at fault. Nobody is ever granted part of an order.
CREATE FUNCTION place_orders(
  p_event bigint, p_hold interval,
  p_code text[], p_idem bytea[], p_hash bytea[], p_account bigint[], p_name text[], p_email text[], p_phone text[],
  p_locale text[], p_channel text[], p_actor text[], p_insider boolean[],
  t_order integer[], t_type bigint[], t_id uuid[], t_code bytea[], t_holder text[], t_holder_email text[]
) RETURNS TABLE (idx integer, outcome text, at_fault bigint, order_id bigint, order_code text, order_status text,
                 order_total bigint, order_currency text, order_expires_at timestamptz, ticket_kid smallint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  n         integer := cardinality(p_code);
  ev        event%ROWTYPE;
  key_id    smallint;
  verdicts  text[];    -- per order: NULL = may be granted
  faults    bigint[];  -- per order: the ticket type of the verdict
  totals    bigint[];
  ids       bigint[];
  l_order   integer[]; l_quota bigint[]; l_need integer[];  -- what each valid order consumes, by quota, in order of arrival
  quotas    bigint[]; room integer[];
  from_line integer; line integer; place integer; short boolean;
  inserted  bigint[];
BEGIN
  -- Lock what may be consumed: once, in id order, before anything is checked.
  SELECT array_agg(q.quota_id ORDER BY q.quota_id), array_agg(q.size - q.held - q.sold ORDER BY q.quota_id)
    INTO quotas, room
    FROM (SELECT c.quota_id, c.size, c.held, c.sold FROM quota_counter c
           WHERE c.event_id = p_event AND c.quota_id IN (
             SELECT tt.quota_id FROM ticket_type tt WHERE tt.event_id = p_event AND tt.id = ANY (t_type)
             UNION SELECT e.capacity_quota_id FROM event e WHERE e.id = p_event)
           ORDER BY c.quota_id FOR UPDATE) q;
  SELECT * INTO ev FROM event WHERE event.id = p_event;
  SELECT k.kid INTO key_id FROM event_key k WHERE k.event_id = p_event AND k.status = 'active';

  WITH known AS (
    SELECT o.idem_key, o.event_id, o.request_hash FROM ticket_order o WHERE o.idem_key = ANY (p_idem)
  ), asked AS (
    SELECT u.i::integer AS i, u.idem, u.hash, u.insider FROM unnest(p_idem, p_hash, p_insider) WITH ORDINALITY AS u(idem, hash, insider, i)
  ), lines AS (
    SELECT t.o, t.type, count(*)::integer AS quantity FROM unnest(t_order, t_type) AS t(o, type) GROUP BY 1, 2
  ), checked AS (
    SELECT l.o, l.type, l.quantity * tt.price AS amount,
      CASE
        WHEN tt.id IS NULL OR (tt.hidden AND NOT a.insider) THEN 'unknown_ticket_type'
        WHEN l.quantity > tt.max_per_order THEN 'too_many_tickets'
        WHEN l.quantity < tt.min_per_order THEN 'too_few_tickets'
        WHEN NOT a.insider AND tt.sale_starts_at > now() THEN 'sale_not_started'
        WHEN NOT a.insider AND COALESCE(tt.sale_ends_at, ev.ends_at) <= now() THEN 'sale_ended'
      END AS refusal
    FROM lines l JOIN asked a ON a.i = l.o
    LEFT JOIN ticket_type tt ON tt.id = l.type AND tt.event_id = p_event AND tt.archived_at IS NULL
  ), judged AS (
    SELECT c.o, sum(c.amount)::bigint AS total,
      (array_agg(c.refusal ORDER BY c.type) FILTER (WHERE c.refusal IS NOT NULL))[1] AS refusal,
      (array_agg(c.type ORDER BY c.type) FILTER (WHERE c.refusal IS NOT NULL))[1] AS fault
    FROM checked c GROUP BY c.o
  )
  SELECT array_agg(v.verdict ORDER BY v.i), array_agg(v.fault ORDER BY v.i), array_agg(v.total ORDER BY v.i)
    INTO verdicts, faults, totals
    FROM (
      SELECT a.i, j.total, j.fault,
        CASE
          WHEN k.idem_key IS NOT NULL THEN
            CASE WHEN k.request_hash = a.hash AND k.event_id = p_event THEN 'replayed' ELSE 'idempotency_key_reused' END
          WHEN row_number() OVER (PARTITION BY a.idem ORDER BY a.i) > 1 THEN 'request_in_progress'
          WHEN ev.id IS NULL OR ev.status IN ('draft', 'pending_review') THEN 'event_not_on_sale'
          WHEN ev.status = 'cancelled' THEN 'event_cancelled'
          WHEN ev.status = 'ended' OR (ev.ends_at <= now() AND NOT a.insider) THEN 'sale_ended'
          ELSE j.refusal
        END AS verdict
      FROM asked a LEFT JOIN judged j ON j.o = a.i LEFT JOIN known k ON k.idem_key = a.idem) v;

  SELECT array_agg(d.o ORDER BY d.o, d.quota), array_agg(d.quota ORDER BY d.o, d.quota), array_agg(d.need ORDER BY d.o, d.quota)
    INTO l_order, l_quota, l_need
    FROM (SELECT t.o, q.quota, count(*)::integer AS need
            FROM unnest(t_order, t_type) AS t(o, type)
            JOIN ticket_type tt ON tt.id = t.type
            CROSS JOIN LATERAL (VALUES (tt.quota_id), (ev.capacity_quota_id)) AS q(quota)
           WHERE verdicts[t.o] IS NULL AND q.quota IS NOT NULL
           GROUP BY 1, 2) d;

  -- Plenty: everybody valid is granted. Scarce: grant in order of arrival; a large order never blocks a smaller one behind it.
  IF EXISTS (SELECT FROM (SELECT l.quota, sum(l.need) AS need FROM unnest(l_quota, l_need) AS l(quota, need) GROUP BY 1) s
              WHERE s.need > COALESCE(room[array_position(quotas, s.quota)], 0)) THEN
    line := 1;
    WHILE line <= cardinality(l_order) LOOP
      from_line := line; short := false;
      WHILE line <= cardinality(l_order) AND l_order[line] = l_order[from_line] LOOP
        short := short OR l_need[line] > COALESCE(room[array_position(quotas, l_quota[line])], 0);
        line := line + 1;
      END LOOP;
      IF short THEN
        verdicts[l_order[from_line]] := 'sold_out';
      ELSE
        FOR i IN from_line .. line - 1 LOOP
          place := array_position(quotas, l_quota[i]);
          room[place] := room[place] - l_need[i];
        END LOOP;
      END IF;
    END LOOP;
  END IF;

  ids := ARRAY(SELECT nextval('ticket_order_id') FROM generate_series(1, n));

  WITH placed AS (
    INSERT INTO ticket_order (event_id, id, code, organizer_id, account_id, status, channel, buyer_name, buyer_email, buyer_phone,
                              locale, quantity, total, currency, expires_at, paid_at, idem_key, request_hash)
    SELECT p_event, o.id, o.code, ev.organizer_id, o.account, CASE WHEN o.total = 0 THEN 'paid' ELSE 'awaiting_payment' END,
           o.channel, o.name, o.email, o.phone, o.locale, c.quantity, o.total, ev.currency,
           CASE WHEN o.total > 0 THEN now() + p_hold END, CASE WHEN o.total = 0 THEN now() END, o.idem, o.hash
      FROM unnest(ids, p_code, p_account, p_channel, p_name, p_email, p_phone, p_locale, totals, p_idem, p_hash, verdicts)
           WITH ORDINALITY AS o(id, code, account, channel, name, email, phone, locale, total, idem, hash, verdict, i)
      JOIN (SELECT t.o, count(*)::integer AS quantity FROM unnest(t_order) AS t(o) GROUP BY 1) c ON c.o = o.i
     WHERE o.verdict IS NULL
     ON CONFLICT (idem_key, event_id) DO NOTHING
     RETURNING ticket_order.id
  ) SELECT array_agg(placed.id) INTO inserted FROM placed;
  -- The key was taken meanwhile by a request for other quotas, in another process: that one answers.
  IF COALESCE(cardinality(inserted), 0) < (SELECT count(*) FROM unnest(verdicts) v(verdict) WHERE v.verdict IS NULL) THEN
    SELECT array_agg(CASE WHEN u.verdict IS NULL AND NOT u.id = ANY (COALESCE(inserted, '{}')) THEN 'request_in_progress' ELSE u.verdict END ORDER BY u.i)
      INTO verdicts FROM unnest(verdicts, ids) WITH ORDINALITY AS u(verdict, id, i);
  END IF;

  IF inserted IS NOT NULL THEN
    INSERT INTO ticket (event_id, id, order_id, ticket_type_id, code, kid, status, price, holder_name, holder_email)
    SELECT p_event, t.id, ids[t.o], t.type, t.code, key_id, CASE WHEN totals[t.o] = 0 THEN 'paid' ELSE 'reserved' END,
           tt.price, t.holder, t.holder_email
      FROM unnest(t_order, t_type, t_id, t_code, t_holder, t_holder_email) AS t(o, type, id, code, holder, holder_email)
      JOIN ticket_type tt ON tt.id = t.type
     WHERE verdicts[t.o] IS NULL;

    UPDATE quota_counter c SET held = c.held + d.held, sold = c.sold + d.sold
      FROM (SELECT l.quota,
                   COALESCE(sum(l.need) FILTER (WHERE totals[l.o] > 0), 0)::integer AS held,
                   COALESCE(sum(l.need) FILTER (WHERE totals[l.o] = 0), 0)::integer AS sold
              FROM unnest(l_order, l_quota, l_need) AS l(o, quota, need) WHERE verdicts[l.o] IS NULL GROUP BY 1) d
     WHERE c.event_id = p_event AND c.quota_id = d.quota;

    -- A free order is paid as soon as it is placed: one fact says both.
    INSERT INTO fact (kind, organizer_id, event_id, subject, actor, data)
    SELECT CASE WHEN u.total = 0 THEN 'order.paid' ELSE 'order.placed' END, ev.organizer_id, p_event, 'order:' || u.id, u.actor,
           jsonb_build_object('code', u.code, 'total', u.total, 'currency', ev.currency)
      FROM unnest(ids, p_code, totals, p_actor, verdicts) AS u(id, code, total, actor, verdict) WHERE u.verdict IS NULL;
  END IF;

  RETURN QUERY
    SELECT u.i::integer, COALESCE(u.verdict, 'granted'), u.fault, COALESCE(k.id, CASE WHEN u.verdict IS NULL THEN u.id END),
           COALESCE(k.code, u.code), COALESCE(k.status, CASE WHEN u.total = 0 THEN 'paid' ELSE 'awaiting_payment' END),
           COALESCE(k.total, u.total), ev.currency::text,
           COALESCE(k.expires_at, CASE WHEN u.total > 0 THEN now() + p_hold END), key_id
      FROM unnest(ids, p_code, p_idem, totals, verdicts, faults) WITH ORDINALITY AS u(id, code, idem, total, verdict, fault, i)
      LEFT JOIN ticket_order k ON u.verdict = 'replayed' AND k.idem_key = u.idem AND k.event_id = p_event
     ORDER BY u.i;
END $$;
