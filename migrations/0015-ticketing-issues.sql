-- Tickets given out by the team, many at a time: without payment, or on paper to be sold elsewhere.

-- Places are held for the whole issue at once (quota_counter.held); each batch turns some of them into tickets. `held` is what it still keeps.
CREATE TABLE ticket_issue (
  errand_id      uuid    PRIMARY KEY REFERENCES errand ON DELETE CASCADE,
  event_id       bigint  NOT NULL,
  ticket_type_id bigint  NOT NULL,
  terms          text    NOT NULL CHECK (terms IN ('complimentary', 'outside')),
  quantity       integer NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
  held           integer NOT NULL CHECK (held >= 0 AND held <= quantity),
  send_mails     boolean NOT NULL,
  -- [{name, email}] in the order in which they were given, encrypted; null where the tickets are numbered.
  people_enc     bytea,
  created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ticket_issue_holding ON ticket_issue (event_id, ticket_type_id) WHERE held > 0;

ALTER TABLE ticket ADD COLUMN issue_id uuid;
CREATE INDEX ticket_of_issue ON ticket (event_id, issue_id, id) WHERE issue_id IS NOT NULL;

-- For the mark on every page of an event.
CREATE INDEX ticket_order_refund_asked ON ticket_order (event_id) WHERE refund_asked_at IS NOT NULL AND refund_declined_at IS NULL;

CREATE POLICY tenant ON ticket_issue USING (CASE (SELECT current_setting('app.scope', true))
  WHEN 'system' THEN true
  WHEN 'tenant' THEN event_id = ANY ((SELECT scope_events())::bigint[])
  ELSE false END);
ALTER TABLE ticket_issue ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_issue FORCE ROW LEVEL SECURITY;
