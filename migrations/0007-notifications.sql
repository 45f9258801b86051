-- Every mail we mean to send, what it said, and what became of it.

CREATE TABLE mail (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- One effect, one mail: a job that runs twice finds its row here.
  dedupe_key  text        NOT NULL UNIQUE,
  kind        text        NOT NULL,
  recipient   text        NOT NULL,
  locale      text        NOT NULL,
  subject     text        NOT NULL,
  html        text        NOT NULL,
  body        text        NOT NULL,
  -- [{filename, contentType, content: base64}], emptied once sent over SMTP.
  attachments jsonb       NOT NULL DEFAULT '[]',
  status      text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'kept', 'failed')),
  attempts    integer     NOT NULL DEFAULT 0,
  error       text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  sent_at     timestamptz
);
CREATE INDEX mail_recent ON mail (created_at);
