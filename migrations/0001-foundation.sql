-- What every other migration stands on: search helpers, row-security scopes, facts, rate limits.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- unaccent() is only STABLE because its dictionary could change; ours does not, and an index needs IMMUTABLE.
CREATE FUNCTION plain_text(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  AS $$ SELECT lower(public.unaccent('public.unaccent', value)) $$;

CREATE TEXT SEARCH CONFIGURATION french_plain (COPY = french);
ALTER TEXT SEARCH CONFIGURATION french_plain
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;

-- The role that serves requests: it owns nothing, so policies bind it. Where we may not create roles (some managed
-- databases), the owner serves and FORCE ROW LEVEL SECURITY binds it instead.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN
    CREATE ROLE guichet_app NOLOGIN;
  END IF;
  EXECUTE format('GRANT guichet_app TO %I', current_user);
EXCEPTION
  WHEN insufficient_privilege THEN RAISE NOTICE 'cannot create role guichet_app; the owner serves under FORCE ROW LEVEL SECURITY';
  WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this cluster is being migrated
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

-- What happened in the software. Append-only: audit trail, activity feed and subscribers read the same rows.
-- A reader's cursor is (xid, id): an id alone would skip rows committed late.
CREATE TABLE fact (
  xid          xid8        NOT NULL DEFAULT pg_current_xact_id(),
  id           bigint      GENERATED ALWAYS AS IDENTITY,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind         text        NOT NULL,
  organizer_id bigint,
  event_id     bigint,
  subject      text        NOT NULL,
  actor        text        NOT NULL,
  data         jsonb       NOT NULL DEFAULT '{}',
  PRIMARY KEY (xid, id)
);
CREATE INDEX fact_of_event ON fact (event_id, id);
CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE fact_cursor (
  subscriber text PRIMARY KEY,
  xid        xid8   NOT NULL,
  id         bigint NOT NULL
);

-- Losing these in a crash only forgives a few attempts, so they need no write-ahead log.
CREATE UNLOGGED TABLE rate_limit (
  key          text        NOT NULL,
  window_start timestamptz NOT NULL,
  count        integer     NOT NULL,
  PRIMARY KEY (key, window_start)
);

-- Answers kept for Idempotency-Key on POSTs other than orders (an order carries its own key).
CREATE TABLE idempotent_answer (
  key_hash     bytea       PRIMARY KEY,
  request_hash bytea       NOT NULL,
  status       integer,
  body         text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  answered_at  timestamptz
);

CREATE TABLE stored_file (
  id           uuid        PRIMARY KEY,
  organizer_id bigint,
  kind         text        NOT NULL,
  width        integer     NOT NULL,
  height       integer     NOT NULL,
  variants     jsonb       NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);
