-- Run after every migration: what the serving role may do. It owns nothing, so it can neither drop a policy nor a trigger.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA public TO guichet_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guichet_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO guichet_app;
  REVOKE UPDATE, DELETE, TRUNCATE ON fact, scan, ledger_posting, ledger_entry FROM guichet_app;
  REVOKE INSERT, UPDATE, DELETE ON migration FROM guichet_app;
END $$;

-- Jobs belong to the worker's own schema; the serving role may only add to it.
-- Urgent ones go ahead of all others: a password link must not wait behind ten thousand tickets.
CREATE OR REPLACE FUNCTION enqueue_job(identifier text, payload json, job_key text DEFAULT NULL, run_at timestamptz DEFAULT NULL, urgent boolean DEFAULT false) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT graphile_worker.add_job(identifier, payload, job_key => job_key, run_at => run_at, max_attempts => 12, priority => CASE WHEN urgent THEN -10 ELSE 0 END) $$;
CREATE OR REPLACE FUNCTION enqueue_jobs(identifier text, payloads json[], job_keys text[], urgent boolean DEFAULT false) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
  -- Of jobs with one key the last counts, as if they had been added one after another.
  AS $$ SELECT graphile_worker.add_jobs(ARRAY(
    SELECT (identifier, last.payload, NULL, NULL, 12, last.key, CASE WHEN urgent THEN -10 ELSE 0 END, NULL)::graphile_worker.job_spec
      FROM (SELECT DISTINCT ON (j.key) j.payload, j.key FROM unnest(payloads, job_keys) WITH ORDINALITY AS j(payload, key, place)
             ORDER BY j.key, j.place DESC) AS last), true) $$;
CREATE OR REPLACE FUNCTION job_counts(OUT waiting bigint, OUT failing bigint, OUT dead bigint)
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT count(*) FILTER (WHERE attempts = 0), count(*) FILTER (WHERE attempts > 0 AND attempts < max_attempts),
               count(*) FILTER (WHERE attempts >= max_attempts) FROM graphile_worker.jobs $$;
-- How long the oldest job that is due has waited, in seconds.
CREATE OR REPLACE FUNCTION job_lag() RETURNS double precision
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT COALESCE(extract(epoch FROM now() - min(run_at)), 0) FROM graphile_worker.jobs
         WHERE run_at <= now() AND locked_at IS NULL AND attempts < max_attempts $$;
DROP FUNCTION IF EXISTS dead_jobs(integer);
-- Lets all jobs that were given up run again, now. Returns how many.
CREATE OR REPLACE FUNCTION retry_dead_jobs() RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
  AS $$ SELECT count(*) FROM graphile_worker.reschedule_jobs(
          ARRAY(SELECT id FROM graphile_worker.jobs WHERE attempts >= max_attempts), run_at => now(), attempts => 0) $$;
