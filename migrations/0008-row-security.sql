-- The second lock on every tenant's data. The first is that verbs look things up through the actor.
--
-- app.scope       'system'  the public shop, payments, jobs, staff: all rows
--                 'tenant'  an organizer's team: rows of the organizers in app.organizers ('3,17')
--                 'agent'   a gate agent: rows of the events and gates that app.account_id is assigned to, now
-- Nothing set: no rows at all.

CREATE FUNCTION scope_organizers() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT COALESCE(string_to_array(nullif(current_setting('app.organizers', true), ''), ',')::bigint[], '{}') $$;

CREATE FUNCTION scope_gates() RETURNS bigint[] LANGUAGE sql STABLE
  AS $$ SELECT COALESCE(array_agg(gate_id), '{}') FROM gate_agent
         WHERE account_id = nullif(current_setting('app.account_id', true), '')::bigint AND now() >= valid_from AND now() < valid_to $$;

CREATE FUNCTION scope_events() RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF current_setting('app.scope', true) = 'tenant' THEN
    RETURN (SELECT COALESCE(array_agg(e.id), '{}') FROM event e WHERE e.organizer_id = ANY (scope_organizers()));
  END IF;
  RETURN (SELECT COALESCE(array_agg(DISTINCT a.event_id), '{}') FROM gate_agent a
           WHERE a.account_id = nullif(current_setting('app.account_id', true), '')::bigint AND now() >= a.valid_from AND now() < a.valid_to);
END $$;

-- CASE, not OR: the branches of other scopes must not even be evaluated (the event policy would call itself).
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['event_session', 'event_invitation', 'quota', 'quota_counter', 'ticket_type', 'ticket', 'event_key',
                           'retired_code', 'magic_link', 'gate', 'occupancy', 'access_feed', 'access_alert'] LOOP
    EXECUTE format($p$CREATE POLICY tenant ON %I USING (CASE (SELECT current_setting('app.scope', true))
      WHEN 'system' THEN true
      WHEN 'tenant' THEN event_id = ANY ((SELECT scope_events())::bigint[])
      WHEN 'agent'  THEN event_id = ANY ((SELECT scope_events())::bigint[])
      ELSE false END)$p$, t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['ticket_order', 'payment', 'refund', 'fact'] LOOP
    EXECUTE format($p$CREATE POLICY tenant ON %I USING (CASE (SELECT current_setting('app.scope', true))
      WHEN 'system' THEN true
      WHEN 'tenant' THEN organizer_id = ANY ((SELECT scope_organizers())::bigint[])
      WHEN 'agent'  THEN event_id = ANY ((SELECT scope_events())::bigint[])
      ELSE false END)$p$, t);
  END LOOP;
  -- An agent sees only its own gates' scans.
  FOREACH t IN ARRAY ARRAY['scan', 'scan_request'] LOOP
    EXECUTE format($p$CREATE POLICY tenant ON %I USING (CASE (SELECT current_setting('app.scope', true))
      WHEN 'system' THEN true
      WHEN 'tenant' THEN event_id = ANY ((SELECT scope_events())::bigint[])
      WHEN 'agent'  THEN gate_id = ANY ((SELECT scope_gates())::bigint[])
      ELSE false END)$p$, t);
  END LOOP;
END $$;

CREATE POLICY tenant ON event USING (CASE (SELECT current_setting('app.scope', true))
  WHEN 'system' THEN true
  WHEN 'tenant' THEN organizer_id = ANY ((SELECT scope_organizers())::bigint[])
  WHEN 'agent'  THEN id = ANY ((SELECT scope_events())::bigint[])
  ELSE false END);

CREATE POLICY tenant ON ledger_posting USING (CASE (SELECT current_setting('app.scope', true))
  WHEN 'system' THEN true
  WHEN 'tenant' THEN organizer_id = ANY ((SELECT scope_organizers())::bigint[])
  ELSE false END);

CREATE POLICY tenant ON ledger_entry USING (CASE (SELECT current_setting('app.scope', true))
  WHEN 'system' THEN true
  WHEN 'tenant' THEN EXISTS (SELECT FROM ledger_posting p WHERE p.id = posting_id)
  ELSE false END);

DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'tenant' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END $$;
