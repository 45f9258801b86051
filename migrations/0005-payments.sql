-- Money in and out, for any payable, and the double-entry ledger.

CREATE TABLE payment (
  id               uuid        PRIMARY KEY,
  payable_kind     text        NOT NULL,
  payable_id       bigint      NOT NULL,
  event_id         bigint,
  organizer_id     bigint      NOT NULL,
  provider         text        NOT NULL,
  reference        text        NOT NULL,
  amount           bigint      NOT NULL CHECK (amount > 0),
  currency         char(3)     NOT NULL,
  payer_phone      text,
  status           text        NOT NULL CHECK (status IN ('CREATED', 'SUBMITTING', 'REQUIRES_ACTION', 'PENDING', 'UNKNOWN',
                                                          'REVIEW', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')),
  provider_ref     text,
  provider_txn_id  text,
  next_action      jsonb,
  failure          text,
  fees             bigint      NOT NULL DEFAULT 0 CHECK (fees >= 0),
  secrets_enc      bytea,
  -- What its success became: paid the order, or money to give back.
  outcome          text        CHECK (outcome IN ('settled', 'refund_due')),
  late             boolean     NOT NULL DEFAULT false,
  review_reason    text,
  payer_deadline   timestamptz NOT NULL,
  next_poll_at     timestamptz,
  poll_count       integer     NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  succeeded_at     timestamptz
);
CREATE UNIQUE INDEX payment_one_open ON payment (payable_kind, payable_id)
  WHERE status IN ('CREATED', 'SUBMITTING', 'PENDING', 'REQUIRES_ACTION', 'UNKNOWN');
CREATE INDEX payment_of_payable ON payment (payable_kind, payable_id);
CREATE UNIQUE INDEX payment_provider_txn ON payment (provider, provider_txn_id) WHERE provider_txn_id IS NOT NULL;
CREATE INDEX payment_to_poll ON payment (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE webhook_inbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider     text        NOT NULL,
  dedupe_key   text        NOT NULL,
  verification text        NOT NULL,
  payment_id   uuid,
  reference    text,
  raw          bytea       NOT NULL,
  headers      jsonb       NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  attempts     integer     NOT NULL DEFAULT 0,
  processed_at timestamptz,
  outcome      text,
  UNIQUE (provider, dedupe_key)
);
CREATE INDEX webhook_inbox_open ON webhook_inbox (received_at) WHERE processed_at IS NULL;

CREATE TABLE refund (
  id                  uuid        PRIMARY KEY,
  payment_id          uuid        NOT NULL REFERENCES payment,
  payable_kind        text        NOT NULL,
  payable_id          bigint      NOT NULL,
  event_id            bigint,
  organizer_id        bigint      NOT NULL,
  amount              bigint      NOT NULL CHECK (amount > 0),
  currency            char(3)     NOT NULL,
  cause               text        NOT NULL CHECK (cause IN ('organizer', 'cancellation', 'late', 'duplicate')),
  reason              text        NOT NULL DEFAULT '',
  status              text        NOT NULL CHECK (status IN ('REQUESTED', 'PENDING', 'SUCCEEDED', 'FAILED', 'MANUAL_REQUIRED')),
  failure             text,
  provider_refund_ref text,
  operator_reference  text,
  ticket_ids          uuid[]      NOT NULL DEFAULT '{}',
  requested_by        text        NOT NULL,
  next_poll_at        timestamptz,
  poll_count          integer     NOT NULL DEFAULT 0,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  completed_at        timestamptz
);
CREATE INDEX refund_of_payment ON refund (payment_id);
CREATE INDEX refund_of_payable ON refund (payable_kind, payable_id);
CREATE INDEX refund_to_poll ON refund (next_poll_at) WHERE next_poll_at IS NOT NULL;

-- An account's balance is the sum of its entries: debits positive, credits negative.
CREATE TABLE ledger_account (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind         text    NOT NULL CHECK (kind IN ('provider', 'organizer', 'commission', 'refunds_due')),
  organizer_id bigint  REFERENCES organizer,
  provider     text,
  currency     char(3) NOT NULL,
  UNIQUE NULLS NOT DISTINCT (kind, organizer_id, provider, currency)
);

CREATE TABLE ledger_posting (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at           timestamptz NOT NULL DEFAULT now(),
  kind         text        NOT NULL CHECK (kind IN ('payment', 'late_payment', 'provider_fee', 'refund_requested', 'refund_paid', 'refund_failed')),
  organizer_id bigint      NOT NULL,
  event_id     bigint,
  -- The payment or refund it comes from: the same thing never posts twice.
  source_id    uuid        NOT NULL,
  UNIQUE (source_id, kind)
);
CREATE INDEX ledger_posting_of_organizer ON ledger_posting (organizer_id, at);

-- A sale writes five entries. Two foreign keys would look up and lock two rows for each of them; the trigger below checks the same
-- for the whole statement at once. Nothing that an entry refers to is ever deleted.
CREATE TABLE ledger_entry (
  posting_id bigint  NOT NULL,
  account_id bigint  NOT NULL,
  amount     bigint  NOT NULL CHECK (amount <> 0),
  currency   char(3) NOT NULL,
  PRIMARY KEY (posting_id, account_id)
);
CREATE INDEX ledger_entry_of_account ON ledger_entry (account_id);

-- All entries of a posting are inserted by one statement; one that does not balance is refused, and so is an entry in another currency
-- than its account's.
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted GROUP BY posting_id, currency HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'unbalanced ledger posting' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
  END IF;
  IF EXISTS (SELECT FROM inserted i LEFT JOIN ledger_posting p ON p.id = i.posting_id LEFT JOIN ledger_account a ON a.id = i.account_id
              WHERE p.id IS NULL OR a.currency IS DISTINCT FROM i.currency) THEN
    RAISE EXCEPTION 'ledger entry of an unknown posting or account' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_known';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_balanced AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_account_kept BEFORE UPDATE OR DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The simulator's own books: an outside provider that happens to live in our database, so that any process can serve it.
CREATE TABLE simulator_payment (
  id            uuid        PRIMARY KEY,
  reference     text        NOT NULL,
  amount        bigint      NOT NULL,
  currency      char(3)     NOT NULL,
  phone         text,
  status        text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'refused', 'expired')),
  failure       text,
  transaction   text,
  webhook_url   text        NOT NULL,
  description   text        NOT NULL,
  expires_at    timestamptz NOT NULL,
  refunded      bigint      NOT NULL DEFAULT 0,
  created_at    timestamptz NOT NULL DEFAULT now(),
  decided_at    timestamptz
) WITH (fillfactor = 70);
CREATE TABLE simulator_refund (
  id         uuid        PRIMARY KEY,
  payment_id uuid        NOT NULL REFERENCES simulator_payment,
  amount     bigint      NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
