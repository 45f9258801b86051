-- The buyer's side: a photo, an address that waits for its proof, leaving; what a refund is asked for and answered with; how many tickets an
-- invitation is good for; and reminders.

ALTER TABLE account
  ADD COLUMN photo_id      uuid REFERENCES stored_file ON DELETE SET NULL,
  -- Takes the place of `email` once the link sent there is followed.
  ADD COLUMN pending_email text CHECK (pending_email = lower(pending_email)),
  -- The person left: the row stays for what points at it, and says nothing of them any more.
  ADD COLUMN erased_at     timestamptz;
ALTER TABLE account_token DROP CONSTRAINT account_token_purpose_check;
ALTER TABLE account_token ADD CONSTRAINT account_token_purpose_check CHECK (purpose IN ('verify_email', 'reset_password', 'join_team', 'change_email'));

ALTER TABLE ticket_order
  -- The tickets to be refunded; NULL for all that still let in.
  ADD COLUMN refund_ticket_ids uuid[],
  -- Why the organizer declined, in the organizer's words.
  ADD COLUMN refund_answer     text,
  -- The invitation that opened a private event for this order. No foreign key: see 0004.
  ADD COLUMN invitation_id     bigint;
CREATE INDEX ticket_order_of_invitation ON ticket_order (event_id, invitation_id) WHERE invitation_id IS NOT NULL;

-- How many tickets may be taken with it; NULL for as many as the ticket types allow.
ALTER TABLE event_invitation ADD COLUMN max_tickets integer CHECK (max_tickets BETWEEN 1 AND 100);

ALTER TABLE event ADD COLUMN remind_holders boolean NOT NULL DEFAULT true;
-- One row per event and start that holders were reminded of: a restart reminds nobody twice, a new date is reminded of anew.
CREATE TABLE event_reminder (
  event_id  bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  starts_at timestamptz NOT NULL,
  queued_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, starts_at)
);
CREATE POLICY tenant ON event_reminder USING (CASE (SELECT current_setting('app.scope', true))
  WHEN 'system' THEN true
  WHEN 'tenant' THEN event_id = ANY ((SELECT scope_events())::bigint[])
  WHEN 'agent'  THEN event_id = ANY ((SELECT scope_events())::bigint[])
  ELSE false END);
ALTER TABLE event_reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_reminder FORCE ROW LEVEL SECURITY;
