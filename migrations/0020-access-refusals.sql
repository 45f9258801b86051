-- The log of a whole event reads its latest refusals. Those alone are indexed: an admission costs no write more.
CREATE INDEX scan_request_refused ON scan_request (event_id, created_at) WHERE code <> 'OK';
