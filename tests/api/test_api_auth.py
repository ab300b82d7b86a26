"""Who gets in, and when the API refuses to start."""

import base64
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
from api_stage import SECRET, System
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from support import ROOT

from scrapersky.config import Config
from scrapersky.errors import ConfigError
from scrapersky.tokens import make, secret

NOW = datetime.now(UTC)
GOOD: dict[str, Any] = {
    "iss": "scrapersky",
    "aud": "scrapersky",
    "sub": "somebody",
    "exp": NOW + timedelta(hours=1),
}


def signed(key: Any = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    said = {name: value for name, value in {**GOOD, **claims}.items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": "one"})


def signed_with_a_text(text: str, claims: dict[str, Any]) -> str:
    """What no library would do."""
    said = {**GOOD, **claims, "exp": 4_000_000_000}
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "one"}, said)]
    head = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.digest(text.encode(), head, "sha256")
    return (head + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, {**GOOD, "exp": 4_000_000_000})
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*texts, b""]).decode()


BAD = {
    "another secret": signed("x" * 40),
    "expired": signed(exp=NOW - timedelta(hours=1)),
    "another issuer": signed(iss="somebody"),
    "another audience": signed(aud="others"),
    "no end": signed(exp=None),
    "no subject": signed(sub=None),
    "no issuer": signed(iss=None),
    "not yet": signed(nbf=NOW + timedelta(hours=1)),
    "no signature": unsigned(),
    "no token": "what",
    "two dots": "..",
    "another algorithm": signed(algorithm="HS384"),
}


def get(system: System, path: str, token: str | None) -> httpx2.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx2.get(f"{system.url}{path}", headers=headers, trust_env=False)


def test_all_routes_but_health_want_a_good_token(running: System) -> None:
    for path in ("/api/v3/jobs", "/api/v3/spiders", "/api/v3/nodes", "/metrics"):
        assert get(running, path, signed()).status_code == 200, path
        answer = get(running, path, None)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    for name, token in BAD.items():
        answer = get(running, "/api/v3/jobs", token)
        assert answer.status_code == 401, name
        assert "detail" in answer.json()
    assert get(running, "/health", None).json() == {"status": "ok"}
    ready = get(running, "/health/ready", None)
    assert ready.json()["checks"]["database"]["ok"]


def test_a_token_of_a_service_is_revoked(running: System) -> None:
    environment = running.environment

    def token(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scrapersky.cli.app", "token", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    person = token().stdout.strip()
    assert get(running, "/api/v3/jobs", person).status_code == 200
    made = token("crm", "--service")
    service = made.stdout.strip()
    assert get(running, "/api/v3/jobs", service).status_code == 200
    token_id = made.stderr.split()[-1]
    assert token_id in token("--list").stdout
    token("--revoke", token_id)
    answer = get(running, "/api/v3/jobs", service)
    assert (answer.status_code, answer.json()["detail"]) == (401, "The token was revoked.")
    assert get(running, "/api/v3/jobs", person).status_code == 200


@pytest.fixture
def issuer() -> Iterator[tuple[str, Any]]:
    """Serves the public half of a key, as Supabase does. Gives its URL and the private half."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = ECAlgorithm(ECAlgorithm.SHA256).to_jwk(key.public_key(), as_dict=True)
    body = json.dumps({"keys": [{**public, "kid": "one", "alg": "ES256", "use": "sig"}]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json", key
        server.shutdown()


def test_tokens_of_another_issuer(system: System, issuer: tuple[str, Any]) -> None:
    url, key = issuer
    system.variables |= {
        "SCRAPERSKY_JWKS_URL": url,
        "SCRAPERSKY_JWT_ISSUER": "https://id.test",
        "SCRAPERSKY_JWT_AUDIENCE": "authenticated",
    }
    system.start_node()
    system.start_api()
    claims = {"iss": "https://id.test", "aud": "authenticated"}
    assert get(system, "/api/v3/jobs", signed(key, "ES256", **claims)).status_code == 200
    assert get(system, "/api/v3/jobs", signed(key, "ES256", iss="x")).status_code == 401
    other = ec.generate_private_key(ec.SECP256R1())
    assert get(system, "/api/v3/jobs", signed(other, "ES256", **claims)).status_code == 401
    # The public key is no secret: nobody may sign with it (algorithm confusion).
    text = json.dumps(ECAlgorithm(ECAlgorithm.SHA256).to_jwk(key.public_key(), as_dict=True))
    assert get(system, "/api/v3/jobs", signed_with_a_text(text, claims)).status_code == 401


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "is not set"),
        ("", "is not set"),
        ("short", "has 5 bytes"),
        ("changeme-changeme-changeme-changeme", "placeholder"),
        ("your-super-secret-jwt-token-with-at-least-32-characters-long", "placeholder"),
        ("a" * 64, "placeholder"),
    ],
)
def test_production_wants_a_real_secret(value: str | None, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        secret(Config(environment="production", jwt_secret=value))


def test_the_api_does_not_start_without_one(system: System) -> None:
    system.variables |= {"SCRAPERSKY_ENVIRONMENT": "production", "SCRAPERSKY_JWT_SECRET": ""}
    done = subprocess.run(
        [sys.executable, "-m", "scrapersky.cli.app", "api"],
        cwd=ROOT,
        env=system.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("scrapersky: SCRAPERSKY_JWT_SECRET is not set")
    assert done.stderr.count("\n") == 1


def test_in_development_one_is_made_and_kept(tmp_path: Any) -> None:
    config = Config(home=tmp_path / "home", jwt_secret=None)
    first = secret(config)
    assert first is not None
    assert len(first) == 64
    assert secret(config) == first
    assert (tmp_path / "home" / "jwt-secret").stat().st_mode & 0o777 == 0o600
    token, ends = make(config, subject="me", lifetime=timedelta(hours=1), token_id=uuid4())
    assert jwt.decode(token, first, ["HS256"], audience="scrapersky")["sub"] == "me"
    assert ends > NOW
