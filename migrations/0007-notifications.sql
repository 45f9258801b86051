-- Every mail we mean to send, what it said, and what became of it.

CREATE TABLE mail (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- One effect, one mail: a job that runs twice finds its row here.
  dedupe_key  text        NOT NULL UNIQUE,
  kind        text        NOT NULL,
  recipient   text        NOT NULL,
  locale      text        NOT NULL,
  subject     text        NOT NULL,
  -- What it says, emptied once sent over SMTP: its links open orders and accounts.
  html        text        NOT NULL,
  body        text        NOT NULL,
  -- What it is about, and which of its files the sending job renders: 'tickets' (of ticket_ids, or all that let in), 'calendar'.
  event_id    bigint,
  order_id    bigint,
  ticket_ids  uuid[],
  attach      text[]      NOT NULL DEFAULT '{}',
  -- [{filename, contentType, content: base64}] of a mail that was kept.
  attachments jsonb       NOT NULL DEFAULT '[]',
  status      text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'kept', 'failed')),
  attempts    integer     NOT NULL DEFAULT 0,
  -- Who sends it holds it until then; after a crash somebody else may.
  claimed_until timestamptz,
  error       text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  sent_at     timestamptz
);
CREATE INDEX mail_recent ON mail (created_at);
CREATE INDEX mail_of_order ON mail (order_id) WHERE order_id IS NOT NULL;
