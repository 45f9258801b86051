-- What takes place, where and when, and whether the public may see it.

CREATE TABLE category (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug     text NOT NULL UNIQUE,
  name_fr  text NOT NULL,
  name_en  text NOT NULL,
  position integer NOT NULL DEFAULT 0
);
INSERT INTO category (slug, name_fr, name_en, position) VALUES
  ('concert', 'Concerts', 'Concerts', 1), ('festival', 'Festivals', 'Festivals', 2),
  ('conference', 'Conférences', 'Conferences', 3), ('workshop', 'Ateliers', 'Workshops', 4),
  ('sport', 'Sport', 'Sports', 5), ('theatre', 'Théâtre et humour', 'Theatre and comedy', 6),
  ('exhibition', 'Expositions et foires', 'Exhibitions and fairs', 7), ('party', 'Soirées', 'Parties', 8),
  ('networking', 'Rencontres professionnelles', 'Networking', 9), ('community', 'Vie locale', 'Community', 10);

CREATE TABLE event (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- What a QR text carries: random and unique, unrelated to the id.
  public_ref        bigint      NOT NULL UNIQUE CHECK (public_ref BETWEEN 1 AND 4294967295),
  organizer_id      bigint      NOT NULL REFERENCES organizer,
  slug              text        NOT NULL UNIQUE,
  title             text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  description       text        NOT NULL DEFAULT '',
  category_id       bigint      NOT NULL REFERENCES category,
  status            text        NOT NULL DEFAULT 'draft'
                    CHECK (status IN ('draft', 'pending_review', 'published', 'cancelled', 'ended')),
  visibility        text        NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'unlisted', 'private')),
  starts_at         timestamptz NOT NULL,
  ends_at           timestamptz NOT NULL,
  doors_open_at     timestamptz,
  timezone          text        NOT NULL,
  venue             text        NOT NULL DEFAULT '',
  address           text        NOT NULL DEFAULT '',
  city              text        NOT NULL DEFAULT '',
  country           char(2)     NOT NULL DEFAULT 'BJ',
  latitude          double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude         double precision CHECK (longitude BETWEEN -180 AND 180),
  capacity          integer     CHECK (capacity > 0),
  currency          char(3)     NOT NULL DEFAULT 'XOF',
  dress_code        text,
  reentry           boolean     NOT NULL DEFAULT false,
  ask_holder_names  boolean     NOT NULL DEFAULT false,
  payment_url       text,
  cover_id          uuid        REFERENCES stored_file,
  qr_format         text        NOT NULL DEFAULT 'TK1' CHECK (qr_format IN ('TK1', 'TH1')),
  -- What everybody shares beyond the ticket types' own quotas, when the event has a capacity.
  capacity_quota_id bigint,
  published_at      timestamptz,
  cancelled_at      timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  CHECK (ends_at > starts_at)
);
CREATE INDEX event_of_organizer ON event (organizer_id, starts_at);
CREATE INDEX event_by_date ON event (starts_at, id) WHERE status = 'published' AND visibility = 'public';

-- Only what everybody may see stands here (public; published, cancelled or ended), so the table needs no row security and its indexes stay usable:
-- full-text and trigram operators are not leakproof, a policy would forbid the index.
CREATE TABLE event_search (
  event_id bigint   PRIMARY KEY REFERENCES event ON DELETE CASCADE,
  words    tsvector NOT NULL,
  plain    text     NOT NULL
);
CREATE INDEX event_search_words ON event_search USING gin (words);
CREATE INDEX event_search_plain ON event_search USING gin (plain gin_trgm_ops);

CREATE TABLE event_view (
  event_id bigint PRIMARY KEY REFERENCES event ON DELETE CASCADE,
  views    bigint NOT NULL DEFAULT 0
);

CREATE TABLE event_session (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id    bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  title       text        NOT NULL,
  description text        NOT NULL DEFAULT '',
  speaker     text        NOT NULL DEFAULT '',
  place       text        NOT NULL DEFAULT '',
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL,
  CHECK (ends_at > starts_at)
);
CREATE INDEX event_session_of_event ON event_session (event_id, starts_at);

-- A private event opens with a personal link; the token is stored hashed.
CREATE TABLE event_invitation (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id   bigint      NOT NULL REFERENCES event ON DELETE CASCADE,
  email      text        NOT NULL,
  name       text        NOT NULL DEFAULT '',
  token_hash bytea       NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When the mail was asked for: at once for a published event, else at its publication.
  announced_at timestamptz,
  revoked_at timestamptz,
  UNIQUE (event_id, email)
);
