"""Rows for lists, made by the server: names of many, few and no rows, alone and together."""

from typing import Any

import psycopg

# A UUID of version 7 in the order of the numbers.
_ID = "lpad(to_hex(1767225600000 + {n}), 12, '0')::text || '7000800000000000000{kind}'"

_DOMAINS = """
INSERT INTO domains (id, domain, status, error_code, title, organization, description, language,
  cms, technologies, addresses, has_email, has_phone, has_social, curation_status,
  sitemap_curation_status, sitemap_analysis_status, last_crawled_at, json_ld, provenance)
SELECT {id}::uuid, 'd' || n || '.load.test', status,
  CASE WHEN status = 'error' THEN CASE n % 200 WHEN 3 THEN 'parked' ELSE 'dns' END END,
  CASE WHEN ok THEN 'Company number' || n || ' of ' || CASE n % 5 WHEN 0 THEN 'builders'
    WHEN 1 THEN 'painters' ELSE 'makers' END || CASE WHEN n % 40000 = 5 THEN ' unicorn' ELSE '' END
  END,
  CASE WHEN ok THEN 'Company ' || n || ' Ltd' END,
  CASE WHEN ok THEN 'We are the builder of all that you need in town ' || n % 977
    || ', with more than ' || n % 40 || ' years of doing it well, and a promise that holds.' END,
  CASE WHEN ok THEN CASE WHEN n % 50000 = 7 THEN 'is' WHEN n % 10 < 6 THEN 'en-US'
    WHEN n % 10 < 9 THEN 'de' ELSE 'de-AT' END END,
  CASE WHEN ok AND n % 3 = 0 THEN 'WordPress' WHEN ok AND n % 20000 = 7 THEN 'Plone' END,
  CASE WHEN ok THEN (SELECT jsonb_agg(jsonb_build_object('name', t, 'categories',
      jsonb_build_array('JavaScript library'), 'version', '3.' || n % 9))
    FROM unnest(ARRAY['Nginx', 'Google Analytics', 'Tech ' || n % 300]
      || CASE WHEN n % 2 = 0 THEN '{{jQuery}}'::text[] ELSE '{{}}' END
      || CASE WHEN n % 3 = 0 THEN '{{WordPress,PHP,MySQL}}'::text[] ELSE '{{}}' END
      || CASE WHEN n % 30000 = 7 THEN '{{Rare}}'::text[] ELSE '{{}}' END) t) END,
  CASE WHEN ok AND n % 2 = 1 THEN jsonb_build_array(jsonb_build_object('street', n || ' High St',
    'city', 'Town', 'country', CASE WHEN n % 50000 = 7 THEN 'IS' WHEN n % 4 = 1 THEN 'DE'
    ELSE 'US' END, 'raw', n || ' High Street, Town', 'confidence', 0.8)) END,
  ok, ok AND n % 4 < 3, ok AND n % 2 = 0,
  CASE WHEN n % 1000 = 7 THEN 'Selected' WHEN n % 10 = 1 THEN 'Archived' ELSE 'New' END,
  CASE WHEN n % 2000 = 7 THEN 'Selected' ELSE 'New' END,
  CASE WHEN n % 2000 = 7 THEN 'submitted' END,
  CASE WHEN status <> 'pending'
    THEN timestamptz '2026-01-01 00:00+00' + n * interval '200 hours' / {count} END,
  CASE WHEN ok THEN jsonb_build_array(jsonb_build_object('@type', 'Organization',
    'name', 'Company ' || n, 'text', repeat(md5(n::text), 12))) END,
  CASE WHEN ok THEN '{{"title": {{"source": "title", "confidence": 1.0}}}}'::jsonb END
FROM (SELECT n, status, status = 'completed' AS ok FROM (SELECT n, CASE
    WHEN n % 20 = 3 THEN 'error' WHEN n > {count} * 0.9 THEN 'pending' ELSE 'completed' END
    AS status FROM generate_series(1, {count}) n) numbered) judged
"""
_CONTACTS = """
INSERT INTO contacts (id, domain_id, kind, value, network, type, region, source, confidence,
  page_url, raw, first_seen_at, last_seen_at)
SELECT ({id})::uuid, d.id, kind, value, network, type, region,
  CASE WHEN n % 10000 = 7 THEN 'hcard' WHEN n % 2 = 0 THEN 'link' ELSE 'text' END,
  CASE WHEN n % 5000 = 7 THEN 0.99 ELSE 0.4 + n % 5 * 0.1 END,
  'https://' || d.domain || '/', value, now(), now()
FROM (SELECT row_number() OVER (ORDER BY id) AS n, id, domain, status, has_phone, has_social
  FROM domains) d
CROSS JOIN LATERAL (VALUES
  (1, 'email', 'info@' || domain, NULL, CASE n % 3 WHEN 0 THEN 'personal' ELSE 'role' END, NULL),
  (2, 'phone', '+4930' || n, NULL, CASE WHEN n % 1000 = 7 THEN 'fax' ELSE 'fixed' END,
    CASE WHEN n % 20000 = 7 THEN 'IS' WHEN n % 2 = 0 THEN 'US' ELSE 'DE' END),
  (3, 'social', 'https://www.facebook.com/c' || n,
    CASE WHEN n % 20000 = 7 THEN 'xing' ELSE 'facebook' END, NULL, NULL)
) AS c(k, kind, value, network, type, region)
"""
_PAGES = """
INSERT INTO pages (id, domain_id, url, lastmod, page_type, curation_status, first_seen_at,
  last_seen_at, gone_at)
SELECT {id}::uuid, d.id, 'https://' || d.domain || '/page-' || n,
  timestamptz '2020-01-01 00:00+00' + (n::bigint * 7919 % 1000000) * interval '3 minutes',
  CASE WHEN n % 500 = 1 THEN 'contact' WHEN n % 500 = 2 THEN 'about' WHEN n % 3 = 0 THEN 'product'
    WHEN n % 3 = 1 THEN 'article' END,
  CASE WHEN n % 5000 = 7 THEN 'Selected' ELSE 'New' END, now(), now(),
  CASE WHEN n % 100 = 7 THEN now() END
FROM generate_series(1, {count}) n
JOIN (SELECT row_number() OVER (ORDER BY id) AS k, id, domain FROM domains) d
  ON d.k = 1 + n / 5 % (SELECT count(*) FROM domains)
"""


def fill(connection: "psycopg.Connection[Any]", count: int, page_count: int) -> None:
    """Domains, three contacts each, and pages; vacuumed, as autovacuum leaves them."""
    for statement, kind, number, rows in (
        (_DOMAINS, "1", "n", count),
        (_CONTACTS, "2", "n * 4 + k", count),
        (_PAGES, "3", "n", page_count),
    ):
        made = statement.format(id=f"({_ID.format(n=number, kind=kind)})", count=rows)
        connection.execute(made.encode())
    connection.execute("VACUUM (ANALYZE) domains, contacts, pages")
