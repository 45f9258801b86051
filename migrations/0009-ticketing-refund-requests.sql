-- A buyer may ask once for the money back; the organizer declines, or gives it back, which ends the request.
ALTER TABLE ticket_order
  ADD COLUMN refund_asked_at    timestamptz,
  ADD COLUMN refund_reason      text,
  ADD COLUMN refund_declined_at timestamptz,
  ADD CHECK (refund_declined_at IS NULL OR refund_asked_at IS NOT NULL);
