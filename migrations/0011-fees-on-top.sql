-- Sells with the event's fee on top of the face price, where it is passed on, and only for the sum that the buyer was shown.
-- A new signature, whose last argument may be left out: a process of the version before still finds it.
DROP FUNCTION place_orders(bigint, interval, text[], bytea[], bytea[], bigint[], text[], text[], text[], text[], text[], text[], boolean[], integer[],
                           integer[], bigint[], integer[], integer[], bigint[], uuid[], bytea[], text[], text[]);

-- Places a batch of orders for one event, in order of arrival, in one transaction.
--
-- Per order (arrays of equal length, read by position): code, idempotency key, request hash, buyer, actor, number of tickets;
-- `p_insider` says that the door may sell what the public can't (hidden types, outside the sale window).
-- `p_expected` is the sum that the buyer was shown, NULL where the door says none: another one is refused with what it would be now, so that
-- nobody is charged a sum that was not shown. What a place costs is its type's face price and the event's fee on it, rounded down.
-- Per line, sorted by order: l_order is the position of its order (from 1), l_type appears once per order. Per ticket: t_order likewise.
-- Answers one row per order: `granted`, `replayed` (same key and request: the stored order), or a refusal's code.
-- A refusal names the ticket type at fault. Nobody is ever granted part of an order, and a large order that doesn't fit never blocks a
-- smaller one behind it. A key that another transaction is using at this moment is a unique violation: send the batch again.
--
-- It is written as one loop over arrays of numbers, because joins of unnested arrays cost the square of the batch. Plans are cached, and
-- made without sequential scans: they are first made when the tables are still empty, and a table may grow by a million rows in a minute.
CREATE FUNCTION place_orders(
  p_event bigint, p_hold interval,
  p_code text[], p_idem bytea[], p_hash bytea[], p_account bigint[], p_name text[], p_email text[], p_phone text[],
  p_locale text[], p_channel text[], p_actor text[], p_insider boolean[], p_quantity integer[],
  l_order integer[], l_type bigint[], l_quantity integer[],
  t_order integer[], t_type bigint[], t_id uuid[], t_code bytea[], t_holder text[], t_holder_email text[],
  p_expected bigint[] DEFAULT NULL
) RETURNS TABLE (idx integer, outcome text, at_fault bigint, order_id bigint, order_code text, order_status text,
                 order_total bigint, order_currency text, order_expires_at timestamptz, ticket_kid smallint)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  n          integer := cardinality(p_code);
  ev         event%ROWTYPE;
  closed     text;        -- why nobody may buy, whatever they ask for
  key_id     smallint;
  type_ids   bigint[]; type_quota integer[]; type_price bigint[]; type_fee bigint[]; type_min integer[]; type_max integer[];
  type_state text[];      -- '' on sale; or the public's refusal
  type_hidden boolean[];
  quotas     bigint[]; room integer[]; more_held integer[]; more_sold integer[];
  capacity   integer;     -- position of the event's capacity among the quotas; NULL without one
  unlocked   boolean;
  known_keys bytea[]; known_same boolean[];
  verdicts   integer[] := array_fill(0, ARRAY[n]);          -- 0 granted, 1 replayed, else a position in `reasons`
  faults     bigint[]  := array_fill(0::bigint, ARRAY[n]);
  totals     bigint[]  := array_fill(0::bigint, ARRAY[n]);
  fees       bigint[]  := array_fill(0::bigint, ARRAY[n]);   -- the part of the total that is the fee
  reasons    CONSTANT text[] := ARRAY['replayed', 'idempotency_key_reused', 'event_not_on_sale', 'event_cancelled', 'sale_ended', 'unknown_ticket_type',
                                      'too_many_tickets', 'too_few_tickets', 'sale_not_started', 'sold_out', 'price_changed'];
  granted    integer := 0; total bigint; fee bigint; verdict integer; fault bigint;
  line       integer := 1; first_line integer; taken integer; k integer; q integer; lines integer := cardinality(l_order); wanted integer;
  ids        bigint[];
BEGIN
  -- Lock what may be consumed, in id order, before anything is checked; look at the event under those locks. A capacity that was set while
  -- we waited has to be locked as well: being the newest, it stands last in that order.
  FOR tries IN 1 .. 3 LOOP
    SELECT array_agg(c.quota_id), array_agg(c.size - c.held - c.sold) INTO quotas, room
      FROM (SELECT qc.quota_id, qc.size, qc.held, qc.sold FROM quota_counter qc
             WHERE qc.event_id = p_event AND qc.quota_id = ANY (ARRAY(
               SELECT tt.quota_id FROM ticket_type tt WHERE tt.id = ANY (l_type) AND tt.event_id = p_event
               UNION ALL SELECT e.capacity_quota_id FROM event e WHERE e.id = p_event AND e.capacity_quota_id IS NOT NULL))
             ORDER BY qc.quota_id FOR UPDATE) c;
    SELECT * INTO ev FROM event e WHERE e.id = p_event;
    unlocked := ev.capacity_quota_id IS NOT NULL AND ev.capacity_quota_id <> ALL (COALESCE(quotas, '{}'));
    EXIT WHEN NOT unlocked;
  END LOOP;
  IF unlocked THEN RAISE EXCEPTION 'the capacity of event % keeps changing', p_event USING ERRCODE = 'serialization_failure'; END IF;
  more_held := array_fill(0, ARRAY[COALESCE(cardinality(quotas), 0)]);
  more_sold := more_held;

  capacity := array_position(quotas, ev.capacity_quota_id);
  closed := CASE WHEN ev.id IS NULL OR ev.status IN ('draft', 'pending_review') THEN 'event_not_on_sale' WHEN ev.status = 'cancelled' THEN 'event_cancelled'
                 WHEN ev.status = 'ended' THEN 'sale_ended' END;
  SELECT ek.kid INTO key_id FROM event_key ek WHERE ek.event_id = p_event AND ek.status = 'active';
  SELECT array_agg(tt.id), array_agg(array_position(quotas, tt.quota_id)), array_agg(tt.price + tt.price * COALESCE(ev.fee_bps, 0) / 10000),
         array_agg(tt.price * COALESCE(ev.fee_bps, 0) / 10000), array_agg(tt.min_per_order), array_agg(tt.max_per_order), array_agg(tt.hidden),
         array_agg(CASE WHEN tt.sale_starts_at > now() THEN 'sale_not_started' WHEN LEAST(COALESCE(tt.sale_ends_at, ev.ends_at), ev.ends_at) <= now() THEN 'sale_ended' ELSE '' END)
    INTO type_ids, type_quota, type_price, type_fee, type_min, type_max, type_hidden, type_state
    FROM ticket_type tt WHERE tt.id = ANY (l_type) AND tt.event_id = p_event AND tt.archived_at IS NULL;
  -- One key may stand for orders of two events that were placed at the same instant: each still answers its own request.
  SELECT array_agg(known.key), array_agg(known.same) INTO known_keys, known_same
    FROM (SELECT o.idem_key AS key, bool_or(o.event_id = p_event AND o.request_hash = p_hash[array_position(p_idem, o.idem_key)]) AS same
            FROM ticket_order o WHERE o.idem_key = ANY (p_idem) GROUP BY o.idem_key) known;

  FOR i IN 1 .. n LOOP
    verdict := 0; fault := 0; total := 0; fee := 0; first_line := line; taken := 0;
    IF known_keys IS NOT NULL AND p_idem[i] = ANY (known_keys) THEN
      verdict := CASE WHEN known_same[array_position(known_keys, p_idem[i])] THEN 1 ELSE 2 END;
    END IF;
    WHILE line <= lines AND l_order[line] = i LOOP
      k := array_position(type_ids, l_type[line]);
      wanted := l_quantity[line];
      IF verdict = 0 THEN
        verdict := COALESCE(array_position(reasons, CASE
          WHEN closed IS NOT NULL THEN closed
          WHEN k IS NULL OR (type_hidden[k] AND NOT p_insider[i]) THEN 'unknown_ticket_type'
          WHEN wanted > type_max[k] THEN 'too_many_tickets'
          WHEN wanted < type_min[k] THEN 'too_few_tickets'
          WHEN type_state[k] <> '' AND NOT p_insider[i] THEN type_state[k]
          WHEN wanted > room[type_quota[k]] THEN 'sold_out' END), 0);
        IF verdict = 0 THEN
          -- Taken from the room at once, so that two types of one quota are counted together; given back where the order is refused.
          room[type_quota[k]] := room[type_quota[k]] - wanted;
          total := total + wanted * type_price[k];
          fee := fee + wanted * type_fee[k];
          taken := taken + 1;
        ELSE
          fault := l_type[line];
        END IF;
      END IF;
      line := line + 1;
    END LOOP;
    IF verdict = 0 AND capacity IS NOT NULL AND p_quantity[i] > room[capacity] THEN
      verdict := array_position(reasons, 'sold_out');
    END IF;
    IF verdict = 0 AND p_expected[i] <> total THEN
      verdict := array_position(reasons, 'price_changed');
      totals[i] := total;
    END IF;

    IF verdict = 0 THEN
      granted := granted + 1;
      totals[i] := total;
      fees[i] := fee;
      IF capacity IS NOT NULL THEN room[capacity] := room[capacity] - p_quantity[i]; END IF;
      FOR j IN first_line .. line - 1 LOOP
        q := type_quota[array_position(type_ids, l_type[j])];
        IF total = 0 THEN more_sold[q] := more_sold[q] + l_quantity[j]; ELSE more_held[q] := more_held[q] + l_quantity[j]; END IF;
      END LOOP;
      IF capacity IS NOT NULL THEN
        IF total = 0 THEN more_sold[capacity] := more_sold[capacity] + p_quantity[i]; ELSE more_held[capacity] := more_held[capacity] + p_quantity[i]; END IF;
      END IF;
    ELSE
      verdicts[i] := verdict;
      faults[i] := fault;
      FOR j IN first_line .. first_line + taken - 1 LOOP
        q := type_quota[array_position(type_ids, l_type[j])];
        room[q] := room[q] + l_quantity[j];
      END LOOP;
    END IF;
  END LOOP;

  IF granted > 0 THEN
    ids := ARRAY(SELECT nextval('ticket_order_id') FROM generate_series(1, n));
    INSERT INTO ticket_order (event_id, id, code, organizer_id, account_id, status, channel, buyer_name, buyer_email, buyer_phone,
                              locale, quantity, total, fees, currency, expires_at, paid_at, idem_key, request_hash)
    SELECT p_event, o.id, o.code, ev.organizer_id, o.account, CASE WHEN o.total = 0 THEN 'paid' ELSE 'awaiting_payment' END,
           o.channel, o.name, o.email, o.phone, o.locale, o.quantity, o.total, CASE WHEN ev.fee_bps IS NOT NULL THEN o.fees END, ev.currency,
           CASE WHEN o.total > 0 THEN now() + p_hold END, CASE WHEN o.total = 0 THEN now() END, o.idem, o.hash
      FROM unnest(ids, p_code, p_account, p_channel, p_name, p_email, p_phone, p_locale, p_quantity, totals, fees, p_idem, p_hash, verdicts)
           AS o(id, code, account, channel, name, email, phone, locale, quantity, total, fees, idem, hash, verdict)
     WHERE o.verdict = 0;

    INSERT INTO ticket (event_id, id, order_id, ticket_type_id, code, kid, status, price, fee, holder_name, holder_email)
    SELECT p_event, t.id, ids[t.o], t.type, t.code, key_id, CASE WHEN totals[t.o] = 0 THEN 'paid' ELSE 'reserved' END,
           type_price[array_position(type_ids, t.type)], type_fee[array_position(type_ids, t.type)], t.holder, t.holder_email
      FROM unnest(t_order, t_type, t_id, t_code, t_holder, t_holder_email) AS t(o, type, id, code, holder, holder_email)
     WHERE verdicts[t.o] = 0;

    UPDATE quota_counter c SET held = c.held + more_held[d.i::integer], sold = c.sold + more_sold[d.i::integer]
      FROM unnest(quotas) WITH ORDINALITY AS d(quota, i) WHERE c.event_id = p_event AND c.quota_id = d.quota;

    -- A free order is paid as soon as it is placed: one fact says both.
    INSERT INTO fact (kind, organizer_id, event_id, subject, actor, data)
    SELECT CASE WHEN u.total = 0 THEN 'order.paid' ELSE 'order.placed' END, ev.organizer_id, p_event, 'order:' || u.id, u.actor,
           jsonb_build_object('code', u.code, 'total', u.total, 'currency', ev.currency)
      FROM unnest(ids, p_code, totals, p_actor, verdicts) AS u(id, code, total, actor, verdict) WHERE u.verdict = 0;
  END IF;

  IF known_keys IS NULL THEN
    RETURN QUERY
      SELECT u.i::integer, COALESCE(reasons[NULLIF(u.verdict, 0)], 'granted'), NULLIF(u.fault, 0), u.id, u.code,
             CASE WHEN u.total = 0 THEN 'paid' ELSE 'awaiting_payment' END, u.total, ev.currency::text, CASE WHEN u.total > 0 THEN now() + p_hold END, key_id
        FROM unnest(ids, p_code, totals, verdicts, faults) WITH ORDINALITY AS u(id, code, total, verdict, fault, i);
  ELSE
    RETURN QUERY
      SELECT u.i::integer, COALESCE(reasons[NULLIF(u.verdict, 0)], 'granted'), NULLIF(u.fault, 0), COALESCE(o.id, u.id), COALESCE(o.code, u.code),
             COALESCE(o.status, CASE WHEN u.total = 0 THEN 'paid' ELSE 'awaiting_payment' END), COALESCE(o.total, u.total), ev.currency::text,
             CASE WHEN o.id IS NOT NULL THEN o.expires_at WHEN u.total > 0 THEN now() + p_hold END, key_id
        FROM unnest(ids, p_code, p_idem, totals, verdicts, faults) WITH ORDINALITY AS u(id, code, idem, total, verdict, fault, i)
        LEFT JOIN ticket_order o ON u.verdict = 1 AND o.idem_key = u.idem AND o.event_id = p_event
       ORDER BY u.i;
  END IF;
END $$;
