-- An event that is being created step by step is whole from the first one: what nobody has said yet holds a default, and its part stands here
-- until somebody confirms it. What was never confirmed can't be shown to anybody.
ALTER TABLE event
  ADD COLUMN unconfirmed text[] NOT NULL DEFAULT '{}' CHECK (unconfirmed <@ ARRAY['schedule', 'tickets', 'look']),
  ADD CHECK (status IN ('draft', 'cancelled') OR NOT 'schedule' = ANY (unconfirmed)),
  -- Since when staff is asked to look at it, and what they said when they sent it back.
  ADD COLUMN review_requested_at timestamptz,
  ADD COLUMN review_note text;
