-- Who people are: accounts, organizers (tenants) and their teams, sessions, one-time links.

CREATE TABLE account (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id         uuid        NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  email             text        NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified_at timestamptz,
  phone             text,
  phone_verified_at timestamptz,
  name              text        NOT NULL,
  password_hash     text,
  role              text        NOT NULL CHECK (role IN ('participant', 'organizer', 'admin', 'superadmin')),
  locale            text        NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en')),
  suspended_at      timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE organizer (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id      uuid        NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  slug           text        NOT NULL UNIQUE,
  name           text        NOT NULL,
  country        char(2)     NOT NULL DEFAULT 'BJ',
  currency       char(3)     NOT NULL DEFAULT 'XOF',
  -- Basis points of each sale that the platform keeps; NULL takes the platform's own rate.
  commission_bps integer     CHECK (commission_bps BETWEEN 0 AND 5000),
  created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE membership (
  organizer_id bigint      NOT NULL REFERENCES organizer ON DELETE CASCADE,
  account_id   bigint      NOT NULL REFERENCES account ON DELETE CASCADE,
  role         text        NOT NULL CHECK (role IN ('owner', 'manager', 'cashier', 'agent')),
  -- NULL: gives no rights yet, because the invited address is not proven to be this account holder's.
  confirmed_at timestamptz DEFAULT now(),
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organizer_id, account_id)
);
CREATE INDEX membership_of_account ON membership (account_id);

-- One login on one device. The web holds its token in a cookie; the API holds refresh tokens, a family per login.
CREATE TABLE login_session (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id      uuid        NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  account_id     bigint      NOT NULL REFERENCES account ON DELETE CASCADE,
  kind           text        NOT NULL CHECK (kind IN ('web', 'api')),
  token_hash     bytea       UNIQUE,
  user_agent     text,
  created_at     timestamptz NOT NULL DEFAULT now(),
  last_used_at   timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz NOT NULL,
  revoked_at     timestamptz,
  revoked_reason text
);
CREATE INDEX login_session_of_account ON login_session (account_id);

CREATE TABLE refresh_token (
  token_hash bytea       PRIMARY KEY,
  session_id bigint      NOT NULL REFERENCES login_session ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX refresh_token_of_session ON refresh_token (session_id);

CREATE TABLE account_token (
  token_hash bytea       PRIMARY KEY,
  account_id bigint      NOT NULL REFERENCES account ON DELETE CASCADE,
  purpose    text        NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'join_team')),
  data       jsonb       NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX account_token_of_account ON account_token (account_id, purpose);
