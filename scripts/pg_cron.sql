-- Lets PostgreSQL call the API: see docs/pg-cron.md. Run it as often as you like; it keeps what is
-- configured. It needs pg_cron, in the database that cron.database_name names, and pg_net.

CREATE EXTENSION IF NOT EXISTS pg_cron;

DO $$
BEGIN
    IF to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') IS NULL THEN
        CREATE EXTENSION pg_net;
    END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS scrapersky_cron;
REVOKE ALL ON SCHEMA scrapersky_cron FROM PUBLIC;  -- the token is in there

CREATE TABLE IF NOT EXISTS scrapersky_cron.settings (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    api_url text NOT NULL,
    token text NOT NULL,
    timeout_ms integer NOT NULL DEFAULT 10000,
    attempts smallint NOT NULL DEFAULT 5,
    backoff interval NOT NULL DEFAULT '30 seconds',
    patience interval NOT NULL DEFAULT '5 minutes'
);

CREATE OR REPLACE FUNCTION scrapersky_cron.configure(api_url text, token text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO scrapersky_cron.settings (api_url, token)
    VALUES (rtrim(configure.api_url, '/'), configure.token)
    ON CONFLICT (is_only) DO UPDATE SET api_url = EXCLUDED.api_url, token = EXCLUDED.token
$$;

-- Asks, and returns pg_net's number of the request. The answer comes later, in net._http_response:
-- the request itself is sent when this transaction has committed.
CREATE OR REPLACE FUNCTION scrapersky_cron.call(
    workflow text, function text, request jsonb, attempt smallint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    settings scrapersky_cron.settings;
    request_id bigint;
BEGIN
    SELECT * INTO settings FROM scrapersky_cron.settings;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The API is not known: SELECT scrapersky_cron.configure(''https://…'', ''TOKEN'')';
    END IF;
    request_id := net.http_post(
        url := settings.api_url || '/api/v3/workflows/' || workflow || '/cron-process',
        body := request,
        headers := jsonb_build_object(
            'Content-Type', 'application/json', 'Authorization', 'Bearer ' || settings.token
        ),
        timeout_milliseconds := settings.timeout_ms
    );
    INSERT INTO public.cron_execution_log
        (workflow, function, status, request, request_id, attempt)
    VALUES (workflow, function, 'sent', request, request_id, attempt);
    RETURN request_id;
END
$$;

-- The same, unless an earlier call of the workflow has no answer yet: then NULL.
CREATE OR REPLACE FUNCTION scrapersky_cron.begin_call(
    workflow text, function text, batch_size integer
) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.cron_execution_log l
        WHERE l.workflow = begin_call.workflow AND l.status IN ('sent', 'waiting')
    ) THEN
        RETURN NULL;
    END IF;
    RETURN scrapersky_cron.call(
        workflow,
        function,
        jsonb_strip_nulls(jsonb_build_object(
            'batch_size', batch_size, 'cron_trigger', true, 'timestamp', now()
        )),
        1::smallint
    );
END
$$;

CREATE OR REPLACE FUNCTION public.process_wf4_domains(batch_size integer DEFAULT NULL)
RETURNS bigint LANGUAGE sql AS $$
    SELECT scrapersky_cron.begin_call('wf4', 'process_wf4_domains', batch_size)
$$;

CREATE OR REPLACE FUNCTION public.process_wf5_sitemaps(batch_size integer DEFAULT NULL)
RETURNS bigint LANGUAGE sql AS $$
    SELECT scrapersky_cron.begin_call('wf5', 'process_wf5_sitemaps', batch_size)
$$;

CREATE OR REPLACE FUNCTION public.process_wf6_imports(batch_size integer DEFAULT NULL)
RETURNS bigint LANGUAGE sql AS $$
    SELECT scrapersky_cron.begin_call('wf6', 'process_wf6_imports', batch_size)
$$;

-- An answer that is no JSON, such as a proxy's page, is kept as a text.
CREATE OR REPLACE FUNCTION scrapersky_cron.as_json(content text)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN content::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN to_jsonb(left(content, 1000));
END
$$;

-- Looks for the answers to what was asked, and asks again where there was none: after 30 s, 1, 2 and
-- 4 minutes. What the API refuses (4xx) is not asked again. Returns how many calls it has settled.
CREATE OR REPLACE FUNCTION scrapersky_cron.read_answers()
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    settings scrapersky_cron.settings;
    asked record;
    answer jsonb;
    is_final boolean;
    settled integer := 0;
BEGIN
    SELECT * INTO settings FROM scrapersky_cron.settings;
    FOR asked IN
        SELECT l.id, l.attempt, l.executed_at, r.status_code, r.content, r.created,
               coalesce(
                   r.error_msg,
                   CASE WHEN r.timed_out THEN 'The API did not answer in time.' END,
                   'Status ' || r.status_code || ': ' || coalesce(left(r.content, 500), ''),
                   'No answer came.'
               ) AS error
        FROM public.cron_execution_log l
        LEFT JOIN net._http_response r ON r.id = l.request_id
        WHERE l.status = 'sent'
          AND (r.id IS NOT NULL OR l.executed_at < now() - settings.patience)
        ORDER BY l.executed_at
        FOR UPDATE OF l SKIP LOCKED
    LOOP
        settled := settled + 1;
        IF asked.status_code BETWEEN 200 AND 299 THEN
            answer := scrapersky_cron.as_json(asked.content);
            UPDATE public.cron_execution_log l
            SET status = CASE WHEN answer ->> 'status' = 'error' THEN 'error' ELSE 'success' END,
                response = answer,
                error = answer #>> '{errors,0}',
                duration_ms = 1000 * extract(epoch FROM asked.created - asked.executed_at)
            WHERE l.id = asked.id;
        ELSE
            is_final := asked.attempt >= settings.attempts
                OR (coalesce(asked.status_code, 0) BETWEEN 400 AND 499
                    AND asked.status_code NOT IN (408, 425, 429));
            UPDATE public.cron_execution_log l
            SET status = CASE WHEN is_final THEN 'error' ELSE 'waiting' END,
                error = asked.error,
                retry_at = CASE WHEN NOT is_final
                    THEN now() + settings.backoff * 2 ^ (asked.attempt - 1) END
            WHERE l.id = asked.id;
        END IF;
    END LOOP;
    FOR asked IN
        SELECT l.id, l.workflow, l.function, l.request, l.attempt
        FROM public.cron_execution_log l
        WHERE l.status = 'waiting' AND l.retry_at <= now()
        ORDER BY l.executed_at
        FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE public.cron_execution_log l SET status = 'retried' WHERE l.id = asked.id;
        PERFORM scrapersky_cron.call(
            asked.workflow, asked.function, asked.request, (asked.attempt + 1)::smallint
        );
    END LOOP;
    RETURN settled;
END
$$;

CREATE OR REPLACE FUNCTION scrapersky_cron.forget(days integer DEFAULT 7)
RETURNS void LANGUAGE sql AS $$
    DELETE FROM public.cron_execution_log
    WHERE executed_at < now() - make_interval(days => days) AND status NOT IN ('sent', 'waiting');
    DELETE FROM cron.job_run_details d USING cron.job j
    WHERE d.jobid = j.jobid AND j.jobname LIKE 'scrapersky-%'
      AND d.end_time < now() - make_interval(days => days)
$$;

-- All of it, by the minute. A job of that name that is there already is changed.
CREATE OR REPLACE FUNCTION scrapersky_cron.schedule(every text DEFAULT '* * * * *')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cron.schedule('scrapersky-wf4', every, 'SELECT public.process_wf4_domains()');
    PERFORM cron.schedule('scrapersky-wf5', every, 'SELECT public.process_wf5_sitemaps()');
    PERFORM cron.schedule('scrapersky-wf6', every, 'SELECT public.process_wf6_imports()');
    PERFORM cron.schedule('scrapersky-answers', '* * * * *', 'SELECT scrapersky_cron.read_answers()');
    PERFORM cron.schedule('scrapersky-forget', '17 3 * * *', 'SELECT scrapersky_cron.forget()');
END
$$;

CREATE OR REPLACE FUNCTION scrapersky_cron.unschedule()
RETURNS integer LANGUAGE sql AS $$
    SELECT count(cron.unschedule(j.jobid))::integer FROM cron.job j
    WHERE j.jobname LIKE 'scrapersky-%'
$$;

-- cron.job_run_details knows a job's number only, and says how the function ended, not the API.
CREATE OR REPLACE FUNCTION public.get_cron_job_status()
RETURNS TABLE (
    job text, schedule text, is_active boolean,
    ran_at timestamptz, run_status text, run_message text,
    called_at timestamptz, call_status text, call_attempt smallint, call_error text
) LANGUAGE sql STABLE AS $$
    SELECT j.jobname::text, j.schedule, j.active,
           d.start_time, d.status, d.return_message,
           l.executed_at, l.status, l.attempt, l.error
    FROM cron.job j
    LEFT JOIN LATERAL (
        SELECT * FROM cron.job_run_details r WHERE r.jobid = j.jobid ORDER BY r.runid DESC LIMIT 1
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT * FROM public.cron_execution_log c
        WHERE 'scrapersky-' || c.workflow = j.jobname AND c.function <> 'cron-process'
        ORDER BY c.executed_at DESC LIMIT 1
    ) l ON true
    WHERE j.jobname LIKE 'scrapersky-%'
    ORDER BY j.jobname
$$;
REVOKE ALL ON FUNCTION public.process_wf4_domains(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.process_wf5_sitemaps(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.process_wf6_imports(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.get_cron_job_status() FROM PUBLIC;
