"""A machine as docs/zh/部署.md makes it, in one folder: the shipped nginx configuration with a local CA, two web
processes, the sandbox as the platform. Every file of deploy/ is used as it is shipped, with ports and places changed.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import clock
from tests.deploy.places import DEPLOY, ROOT, example
from tests.support import personal
from tests.support.processes import spawn
from tests.wechat import callback

BIN = Path(sys.executable).parent
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
KEY = base64.b64encode(b"k" * 32).decode()
START_SECONDS = 60


@dataclass
class Stage:
    """The running machine: its folder, ports and processes."""

    folder: Path
    tls: int
    plain: int
    web: int
    sandbox_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def site(self) -> str:
        return f"https://localhost:{self.tls}"

    @property
    def ca(self) -> str:
        return str(self.folder / "tls" / "ca.pem")

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "NO_PROXY": "*", "SSL_CERT_FILE": self.ca}

    def get(self, path: str, **more: object) -> requests.Response:
        return requests.get(self.site + path, verify=self.ca, timeout=30, allow_redirects=False, **more)  # type: ignore[arg-type]

    def control(self, method: str, path: str, **body: object) -> None:
        url = f"http://localhost:{self.sandbox_port}/_control/{path}"
        requests.request(method, url, json=body or None, timeout=10).raise_for_status()

    def start(self, name: str, command: list[str]) -> None:
        log = self.folder / f"{name}.log"
        self.processes[name] = spawn(command, log=log, cwd=self.folder, env=self.environment)

    def serve(self, port: int, app: str = "app:create_app") -> None:
        """The command of deploy/systemd/hongyao-web@.service, for another application if one is named."""
        unit = (DEPLOY / "systemd" / "hongyao-web@.service").read_text()
        words = re.search(r"^ExecStart=\S+/granian (.*)$", unit, re.M)
        assert words is not None
        told = words[1].replace("%i", str(port)).replace("app:create_app", app)
        self.start(f"web{port}", [str(BIN / "granian"), *told.split()])

    def proxy(self) -> None:
        """Start nginx on the configuration that lies in the folder."""
        for log in ("access.log", "nginx-error.log"):
            personal.follow(self.folder / log)
        told = ["-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "nginx-error.log")]
        self.start("nginx", [str(NGINX), *told])

    def lead_to(self, *ports: int) -> None:
        """Write the shipped list of web processes with these ports; nginx reads it when it is told to."""
        text = (DEPLOY / "nginx" / "upstream.conf").read_text()
        first, second = re.findall(r"^ *server .*\n", text, re.M)
        own = "".join(first.replace("8011", str(port)) for port in ports)
        (self.folder / "upstream.conf").write_text(text.replace(first + second, own))
        if "nginx" in self.processes:
            self.reread()

    def reread(self) -> None:
        """Let nginx read its files again, until those of its processes that know the old ones have gone."""
        master = self.processes["nginx"].pid
        children = Path(f"/proc/{master}/task/{master}/children")
        old, end = set(children.read_text().split()), time.monotonic() + START_SECONDS
        self.processes["nginx"].send_signal(signal.SIGHUP)
        while old & set(children.read_text().split()) and time.monotonic() < end:
            time.sleep(0.02)

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        process.kill()

    def wait(self, address: str) -> None:
        """Until something answers there."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(requests.RequestException):
                if requests.get(address, verify=self.ca, timeout=2).ok:
                    return
            time.sleep(0.05)
        logs = "\n".join(path.read_text(errors="replace")[-1500:] for path in self.folder.glob("*.log"))
        raise AssertionError(f"{address} does not answer\n{logs}")

    def flask(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "flask"), "--app", "app", *words], cwd=self.folder, env=self.environment | environment,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def certify(folder: Path, days: int = 90) -> None:
    """A CA of our own (ca.pem) and a certificate for localhost that it signed."""
    folder.mkdir(exist_ok=True)
    begin = clock.now() - timedelta(days=1)

    def made(name: str, issuer: x509.Name | None, signer: ec.EllipticCurvePrivateKey | None) -> tuple[x509.Name, ec.EllipticCurvePrivateKey, bytes]:  # noqa: E501
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(begin)
            .not_valid_after(clock.now() + timedelta(days=days, hours=1))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        )  # fmt: skip
        signed = builder.sign(signer or key, hashes.SHA256())
        return subject, key, signed.public_bytes(serialization.Encoding.PEM)

    authority, signer, ca = made("local test CA", None, None)
    _, key, own = made("localhost", authority, signer)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, text in (("ca", ca), ("fullchain", own + ca), ("privkey", secret)):
        (folder / f"{name}.pem").write_bytes(text)


def configure(stage: Stage, **more: str) -> None:
    """The shipped files in the stage's folder: .env from .env.example with `more`, nginx's from deploy/nginx."""
    given = {
        "DATABASE_URL": f"sqlite:///{stage.folder / 'hongyao.db'}", "FILES_DIR": str(stage.folder / "files"),
        "DATA_KEYS": f"k1:{KEY}", "INDEX_KEY": KEY, "SIGN_KEY": KEY,
        "PUBLIC_URL": stage.site, "TRUSTED_PROXIES": "1", "SANDBOX_PORT": str(stage.sandbox_port),
        "WECHAT_API_BASE": f"http://localhost:{stage.sandbox_port}",
        "WECHAT_MP_APPID": "wx-mp", "WECHAT_MP_SECRET": "mp-secret", "WECHAT_OA_APPID": callback.APPID,
        "WECHAT_OA_SECRET": "oa-secret", "WECHAT_OA_ID": callback.ACCOUNT, "WECHAT_TOKEN": callback.TOKEN,
        "WECHAT_AES_KEY": callback.AES_KEY, **more,
    }  # fmt: skip
    lines = [f"{name}={given.get(name, said)}" for name, said in example().items()]
    (stage.folder / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (stage.folder / ".env").chmod(0o640)
    stage.lead_to(stage.web, stage.web)
    (stage.folder / "nginx.conf").write_text(main_configuration(stage))


def main_configuration(stage: Stage) -> str:
    """A main file for nginx around the shipped site."""
    site = (DEPLOY / "nginx" / "hongyao.conf").read_text(encoding="utf-8")
    site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.M)
    site = site.replace("listen 443", f"listen {stage.tls}").replace("listen 80", f"listen {stage.plain}")
    site = site.replace("hongyao.example.gov.cn", "localhost")
    for place in ("/etc/hongyao", "/var/log/hongyao"):
        site = site.replace(place, str(stage.folder))
    temporary = "".join(
        f"{name}_temp_path {stage.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"{user} daemon off; pid {stage.folder}/nginx.pid; error_log {stage.folder}/nginx-error.log;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ include /etc/nginx/mime.types; {temporary}\n{site}\n}}\n"
    )


@contextmanager
def standing(folder: Path, template: Path) -> Iterator[Stage]:
    """Everything started; ended with the block. `template` is a migrated database."""
    tls, plain, web, sandbox_port = free_ports(4)
    stage = Stage(folder, tls, plain, web, sandbox_port)
    shutil.copyfile(template, folder / "hongyao.db")
    certify(folder / "tls")
    configure(stage)
    try:
        stage.start("sandbox", [sys.executable, "-m", "sandbox", "--port", str(sandbox_port), "--app", stage.site])
        stage.serve(web)
        stage.proxy()
        for address in (f"{stage.site}/readyz", f"http://localhost:{sandbox_port}/"):
            stage.wait(address)
        yield stage
    finally:
        for name in list(stage.processes):
            stage.stop(name)
