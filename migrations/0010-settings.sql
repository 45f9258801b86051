-- What organizers decide about an event beyond what it is: refunds, who bears the commission, languages. And how they present themselves.

ALTER TABLE event
  -- Until how many days before the start buyers may ask for their money back; 0: until the start, NULL: never.
  ADD COLUMN refund_days     integer DEFAULT 0 CHECK (refund_days BETWEEN 0 AND 365),
  -- A request in time is granted at once, without anybody looking at it.
  ADD COLUMN refund_at_once  boolean NOT NULL DEFAULT false,
  ADD COLUMN refund_note     text    NOT NULL DEFAULT '' CHECK (length(refund_note) <= 500),
  -- Basis points of the face price that buyers pay on top, as the platform's fee; NULL where the organizer bears the commission.
  ADD COLUMN fee_bps         integer CHECK (fee_bps BETWEEN 0 AND 5000),
  -- The language that title and description are written in, and what they are in others: {"en": {"title": …, "description": …}}.
  -- Beside the original, since they are always read together.
  ADD COLUMN language        text    NOT NULL DEFAULT 'fr' CHECK (length(language) BETWEEN 2 AND 10),
  ADD COLUMN translations    jsonb   NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(translations) = 'object');

-- `price` is the face price; what the buyer pays is the price and the event's fee on it.
ALTER TABLE ticket_type ADD COLUMN translations jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(translations) = 'object');

-- `price` and `total` are what the buyer pays; the fee is the part of it that was passed on. NULL fees: the organizer bears the commission.
ALTER TABLE ticket ADD COLUMN fee bigint NOT NULL DEFAULT 0 CHECK (fee BETWEEN 0 AND price);
ALTER TABLE ticket_order ADD COLUMN fees bigint CHECK (fees BETWEEN 0 AND total);

ALTER TABLE organizer
  ADD COLUMN description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
  ADD COLUMN website     text,
  ADD COLUMN facebook    text,
  ADD COLUMN instagram   text,
  -- E.164, without which nobody could write.
  ADD COLUMN whatsapp    text,
  ADD COLUMN logo_id     uuid REFERENCES stored_file,
  ADD COLUMN accent      text CHECK (accent ~ '^#[0-9a-f]{6}$');
