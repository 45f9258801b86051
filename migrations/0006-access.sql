-- Who enters, who is refused and why: gates, agents, two-step scans, occupancy.

CREATE TABLE gate (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id        bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  directions      text        NOT NULL DEFAULT 'both' CHECK (directions IN ('in', 'out', 'both')),
  open_from       timestamptz,
  open_to         timestamptz,
  zone            integer     NOT NULL DEFAULT 0,
  strict_capacity boolean     NOT NULL DEFAULT false,
  apb_seconds     integer     NOT NULL DEFAULT 0 CHECK (apb_seconds BETWEEN 0 AND 3600),
  apb_mode        text        NOT NULL DEFAULT 'hard' CHECK (apb_mode IN ('hard', 'soft')),
  session_seconds integer     NOT NULL DEFAULT 20 CHECK (session_seconds BETWEEN 5 AND 60),
  archived_at     timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX gate_name ON gate (event_id, lower(name)) WHERE archived_at IS NULL;

-- No row: the gate takes every ticket type.
CREATE TABLE gate_ticket_type (
  gate_id        bigint NOT NULL REFERENCES gate ON DELETE CASCADE,
  ticket_type_id bigint NOT NULL REFERENCES ticket_type ON DELETE CASCADE,
  PRIMARY KEY (gate_id, ticket_type_id)
);

-- An agent's shift at a gate. Row security reads this table, so it has none itself; it holds nothing but numbers and times.
CREATE TABLE gate_agent (
  gate_id    bigint      NOT NULL REFERENCES gate ON DELETE CASCADE,
  event_id   bigint      NOT NULL,
  account_id bigint      NOT NULL,
  -- Whoever leaves the team leaves its gates.
  organizer_id bigint    NOT NULL,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  valid_to   timestamptz NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (gate_id, account_id),
  FOREIGN KEY (organizer_id, account_id) REFERENCES membership (organizer_id, account_id) ON DELETE CASCADE
);
CREATE INDEX gate_agent_of_account ON gate_agent (account_id);

-- The audit row of step 1, and the session that step 2 consumes.
CREATE TABLE scan_request (
  id          uuid        PRIMARY KEY,
  token_hash  bytea       UNIQUE,
  event_id    bigint      NOT NULL,
  ticket_id   uuid,
  -- The code that opened the session: a ticket that was replaced since is another ticket.
  ticket_code bytea,
  gate_id     bigint      NOT NULL,
  agent_id    bigint      NOT NULL,
  code        text        NOT NULL,
  method      text        NOT NULL DEFAULT 'camera' CHECK (method IN ('camera', 'manual', 'cashier')),
  text_hash   bytea,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at  timestamptz,
  consumed_by uuid,
  cancelled_at timestamptz
) WITH (fillfactor = 85);
CREATE INDEX scan_request_of_gate ON scan_request (gate_id, created_at);
-- No predicate on what a confirm changes: consuming a session stays a heap-only update.
CREATE INDEX scan_request_of_ticket ON scan_request (ticket_id, agent_id);
-- Who tries codes at random: empty on a good day, so that every request can afford to ask it.
CREATE INDEX scan_request_forged ON scan_request (agent_id, created_at) WHERE code IN ('MALFORMED_QR', 'UNKNOWN_KEY', 'INVALID_SIGNATURE');

CREATE TABLE scan (
  scan_id     uuid        PRIMARY KEY,
  session_id  uuid        UNIQUE,
  req_hash    bytea       NOT NULL,
  event_id    bigint      NOT NULL,
  ticket_id   uuid,
  gate_id     bigint      NOT NULL,
  agent_id    bigint      NOT NULL,
  dir         text        NOT NULL CHECK (dir IN ('in', 'out')),
  result      text        NOT NULL,
  method      text        NOT NULL DEFAULT 'camera',
  origin      text        NOT NULL DEFAULT 'online' CHECK (origin IN ('online', 'offline', 'system')),
  device_time timestamptz,
  at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX scan_of_event ON scan (event_id, at);
CREATE INDEX scan_of_gate ON scan (gate_id, at);
CREATE INDEX scan_of_ticket ON scan (event_id, ticket_id, at);
CREATE TRIGGER scan_append_only BEFORE UPDATE OR DELETE ON scan FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE occupancy (
  event_id  bigint  NOT NULL,
  zone      integer NOT NULL,
  shard     integer NOT NULL,
  inside    integer NOT NULL DEFAULT 0,
  total_in  bigint  NOT NULL DEFAULT 0,
  total_out bigint  NOT NULL DEFAULT 0,
  PRIMARY KEY (event_id, zone, shard)
) WITH (fillfactor = 10);

-- What scanners must learn. A reader's cursor is (xid, seq): seq alone would skip rows committed late.
CREATE TABLE access_feed (
  event_id bigint      NOT NULL,
  seq      bigint      GENERATED ALWAYS AS IDENTITY,
  xid      xid8        NOT NULL DEFAULT pg_current_xact_id(),
  kind     text        NOT NULL CHECK (kind IN ('REVOKE', 'UNREVOKE', 'STATE', 'OVERRIDE', 'EVENT', 'TYPE', 'GATE', 'KEY')),
  code     bytea,
  body     jsonb       NOT NULL DEFAULT '{}',
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (event_id, xid, seq)
);

CREATE TABLE access_alert (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id   bigint      NOT NULL,
  gate_id    bigint,
  kind       text        NOT NULL,
  severity   text        NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  dedupe_key text        NOT NULL,
  count      integer     NOT NULL DEFAULT 1,
  data       jsonb       NOT NULL DEFAULT '{}',
  first_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX access_alert_of_event ON access_alert (event_id, last_at);
CREATE INDEX access_alert_open ON access_alert (dedupe_key, last_at);
