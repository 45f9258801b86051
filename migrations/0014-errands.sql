-- Long work that somebody asked for and watches: tickets by the thousand, large exports. See docs/decisions/0023.

CREATE TABLE errand (
  id           uuid        PRIMARY KEY,
  organizer_id bigint      NOT NULL,
  event_id     bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  kind         text        NOT NULL,
  account_id   bigint      NOT NULL,
  locale       text        NOT NULL,
  input        jsonb       NOT NULL,
  state        text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- What it is at; `done` and `total` count within this step.
  step         text        NOT NULL,
  done         integer     NOT NULL DEFAULT 0 CHECK (done >= 0),
  total        integer     NOT NULL CHECK (total >= 0),
  error        text,
  -- Who draws its files just now: whoever begins anew takes over, and the former one notices.
  run          uuid,
  -- When it last moved.
  moved_at     timestamptz NOT NULL DEFAULT now(),
  created_at   timestamptz NOT NULL DEFAULT now(),
  ended_at     timestamptz
);
CREATE INDEX errand_of_event ON errand (event_id, created_at);
CREATE INDEX errand_under_way ON errand (moved_at) WHERE ended_at IS NULL;
CREATE INDEX errand_ended ON errand (ended_at) WHERE ended_at IS NOT NULL;

-- What came of it, in parts, so that a part and the progress that it stands for are one transaction. Encrypted: QR texts let people in.
CREATE TABLE errand_part (
  errand_id    uuid    NOT NULL REFERENCES errand ON DELETE CASCADE,
  organizer_id bigint  NOT NULL,
  file         text    NOT NULL,
  part         integer NOT NULL,
  bytes        integer NOT NULL,
  sealed       bytea   NOT NULL,
  PRIMARY KEY (errand_id, file, part)
);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['errand', 'errand_part'] LOOP
    EXECUTE format($p$CREATE POLICY tenant ON %I USING (CASE (SELECT current_setting('app.scope', true))
      WHEN 'system' THEN true
      WHEN 'tenant' THEN organizer_id = ANY ((SELECT scope_organizers())::bigint[])
      ELSE false END)$p$, t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END $$;
