-- What staff decides about the platform: settings, payments under review, organizers whose sales stop, jobs.

-- A setting that was changed here; what has no row holds the environment's value. Each change is a fact.
CREATE TABLE platform_setting (
  key        text        PRIMARY KEY CHECK (key ~ '^[a-z_]{1,60}$'),
  value      jsonb       NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- Nothing of this organizer is sold until staff allows it again; what was sold stays valid.
ALTER TABLE organizer ADD COLUMN sales_suspended_at timestamptz;

-- When the holder last proved to know the password (or to read the account's mail). Sessions that are open now have to prove it anew.
ALTER TABLE login_session ADD COLUMN proven_at timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE login_session ALTER COLUMN proven_at SET DEFAULT now();

-- What the provider said had come, where that is why a person must look.
ALTER TABLE payment
  ADD COLUMN reported_amount   bigint,
  ADD COLUMN reported_currency char(3);
CREATE INDEX payment_in_review ON payment (updated_at) WHERE status = 'REVIEW';

-- `review`: a person found that the money of a payment can't be used. A failed refund is tried again under a new id: one id is sent once.
ALTER TABLE refund DROP CONSTRAINT refund_cause_check;
ALTER TABLE refund ADD CONSTRAINT refund_cause_check CHECK (cause IN ('organizer', 'cancellation', 'late', 'duplicate', 'review'));
ALTER TABLE refund ADD COLUMN retry_of uuid UNIQUE REFERENCES refund;

-- The serving role sees jobs through these only. PL/pgSQL, whose bodies are looked at when they run: the worker's schema is made later.
CREATE FUNCTION list_jobs(p_state text, p_name text, p_before bigint, p_limit integer)
  RETURNS TABLE (id bigint, name text, key text, state text, attempts integer, max_attempts integer, error text, created_at timestamptz, run_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN QUERY
    SELECT j.id, j.task_identifier, j.key, j.state, j.attempts::integer, j.max_attempts::integer, j.last_error, j.created_at, j.run_at
      FROM (SELECT g.*, CASE WHEN g.locked_at IS NOT NULL THEN 'running' WHEN g.attempts >= g.max_attempts THEN 'dead' WHEN g.attempts > 0 THEN 'failing'
                             WHEN g.run_at > now() THEN 'later' ELSE 'waiting' END AS state FROM graphile_worker.jobs g) j
     WHERE (p_state IS NULL OR j.state = p_state) AND (p_name IS NULL OR j.task_identifier = p_name) AND j.id < p_before
     ORDER BY j.id DESC LIMIT p_limit;
END $$;

-- Lets a job that failed run now, with all its attempts. NULL where there is no such job, it runs at this moment or has never failed.
CREATE FUNCTION retry_job(p_id bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE found text;
BEGIN
  SELECT j.task_identifier INTO found FROM graphile_worker.jobs j WHERE j.id = p_id AND j.locked_at IS NULL AND j.attempts > 0;
  IF found IS NULL OR NOT EXISTS (SELECT FROM graphile_worker.reschedule_jobs(ARRAY[p_id], run_at => now(), attempts => 0)) THEN RETURN NULL; END IF;
  RETURN found;
END $$;

-- Forgets a job that failed. NULL as above.
CREATE FUNCTION drop_job(p_id bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE found text;
BEGIN
  SELECT j.task_identifier INTO found FROM graphile_worker.jobs j WHERE j.id = p_id AND j.locked_at IS NULL AND j.attempts > 0;
  IF found IS NULL OR NOT EXISTS (SELECT FROM graphile_worker.complete_jobs(ARRAY[p_id])) THEN RETURN NULL; END IF;
  RETURN found;
END $$;
