"""What is handed to operators fits the service: settings that exist, addresses that answer, ports that agree.

No cluster and no container engine is here; what only they can tell, docs/kubernetes.md calls the first step.
"""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from coursekit.cli.serving import serve
from coursekit.web.addresses import HEALTH, READY
from coursekit.wire.api import API

ROOT = Path(__file__).parent.parent.parent
HELM = ROOT / "exchange" / "helm"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGES = ("laptop.md", "tljh.md", "kubernetes.md", "operations.md")
PORT = 8720


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions, with their continuations."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "exchange" / "Containerfile").read_text())
    lines = [line.strip() for line in text.splitlines()]
    return [
        (word, rest) for word, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")
    ]


CONTAINER = instructions()


def of(word: str) -> list[str]:
    return [rest for name, rest in CONTAINER if name == word]


def manifests() -> dict[str, Any]:
    return {m["kind"]: m for m in yaml.safe_load_all((HELM / "exchange.yaml").read_text())}


def exchange() -> dict[str, Any]:
    (container,) = pod()["containers"]
    return dict(container)


def pod() -> dict[str, Any]:
    return dict(manifests()["Deployment"]["spec"]["template"]["spec"])


def values() -> dict[str, Any]:
    return dict(yaml.safe_load((HELM / "z2jh-values.yaml").read_text()))


def known_settings() -> set[str]:
    """Every COURSEKIT_… that the code reads; what it only mentions stands in a docstring, not in quotes."""
    wiring = (ROOT / "coursekit" / "wiring").glob("*.py")
    return {name for path in wiring for name in re.findall(r'"(COURSEKIT_[A-Z_]+)"', path.read_text())}


# settings


def test_every_setting_that_is_written_down_is_read() -> None:
    known = known_settings()
    assert {"COURSEKIT_DATA", "COURSEKIT_RATES", "COURSEKIT_HUB_API_URL"} <= known
    files = [ROOT / "exchange" / "Containerfile", *HELM.iterdir(), *(ROOT / "docs" / page for page in PAGES)]
    for path in files:
        named = set(re.findall(r"\bCOURSEKIT_[A-Z_]+\b", path.read_text()))
        assert named <= known, (path.name, named - known)
    given = set(manifests()["ConfigMap"]["data"]) | {e["name"] for e in exchange()["env"]}
    assert given <= known


def test_the_settings_of_the_service_stand_in_the_limits_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    read = set(
        re.findall(r'"(COURSEKIT_[A-Z_]+)"', (ROOT / "coursekit" / "wiring" / "service.py").read_text())
    )
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_metrics_and_log_fields_stand_in_the_docs_and_no_others() -> None:
    from coursekit.web.observe import Metrics

    metrics = Metrics()
    metrics.watch_bodies(lambda: 0)
    families = [m for m in metrics.registry.collect() if m.name.startswith("coursekit_")]
    named = {m.name + ("_total" if m.type == "counter" else "") for m in families}
    page = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"`(coursekit_[a-z_]+)`", page)) == named
    limits = {
        limit
        for room in (ROOT / "coursekit" / "web").glob("*.py")
        for limit in re.findall(r"limited\.labels\(\"(\w+)\"\)", room.read_text())
    }
    assert limits
    for limit in limits:
        assert f"`{limit}`" in page


# the container


def test_what_is_copied_is_there_and_is_enough_to_build() -> None:
    copied = [c for line in of("COPY") if "--from=" not in line for c in shlex.split(line)[:-1]]
    for name in copied:
        assert (ROOT / name).exists(), name
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {PROJECT["readme"], *PROJECT["license-files"], *wheel["packages"], *wheel["force-include"]}
    needed |= {wheel["hooks"]["custom"]["path"]}
    needed |= {str(n) for n in map(Path, wheel["shared-data"]) if n.parts[0] not in wheel["packages"]}
    # The sources of the lab, as the builder sees them in a tree without tests.
    needed |= {f"lab/{n}" for n in ("package.json", "package-lock.json", "tsconfig.json", "install.json")}
    needed |= {f"lab/{n}" for n in ("core", "schema", "style", "src")}
    assert {str(Path(n)) for n in needed} | {"pyproject.toml"} == {str(Path(c)) for c in copied}


def test_the_installed_extras_and_the_command_exist() -> None:
    (install,) = [line for line in of("RUN") if "pip install" in line]
    (extras,) = re.findall(r'"\.\[([a-z0-9,]+)\]"', install)
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])
    command, verb, *options = json.loads(of("ENTRYPOINT")[0])
    assert command in PROJECT["scripts"]
    assert verb == "serve"
    assert set(options[::2]) <= {o for p in serve.params for o in p.opts}


def test_the_container_runs_as_nobody_on_a_known_base() -> None:
    for base in of("FROM"):
        name, tag = base.split(" ")[0].rsplit(":", 1)
        assert "/" in name
        assert re.fullmatch(r"3\.\d+-slim-\w+", tag), "a base is pinned by its name"
    user, group = of("USER")[-1].split(":")
    assert user.isdigit()
    assert user != "0"
    context = pod()["securityContext"]
    assert (str(context["runAsUser"]), str(context["runAsGroup"])) == (user, group)
    # All that is written lies in a volume.
    environment = dict(part.split("=", 1) for line in of("ENV") for part in shlex.split(line))
    assert environment["COURSEKIT_DATA"] == of("VOLUME")[0]


def answering(status: int) -> tuple[int, threading.Thread]:
    """Something that answers once; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def once() -> None:
        line, _ = listener.accept()
        with line, listener:
            asked = line.recv(65536).decode()
            right = asked.startswith(f"GET {HEALTH} ")
            line.sendall(f"HTTP/1.1 {status if right else 404} x\r\nContent-Length: 0\r\n\r\n".encode())

    thread = threading.Thread(target=once)
    thread.start()
    return listener.getsockname()[1], thread


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_healthcheck_runs(status: int, healthy: bool) -> None:
    command = json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])
    port, thread = answering(status)
    run = [sys.executable, *(part.replace(f":{PORT}/", f":{port}/") for part in command[1:])]
    done = subprocess.run(run, capture_output=True, check=False, timeout=20)
    thread.join()
    assert (done.returncode == 0) == healthy


# Kubernetes


def test_ports_agree() -> None:
    (port,) = exchange()["ports"]
    (service,) = manifests()["Service"]["spec"]["ports"]
    assert port["containerPort"] == service["port"] == PORT == int(of("EXPOSE")[0])
    assert service["targetPort"] == port["name"]
    assert json.loads(of("ENTRYPOINT")[0])[-1] == str(PORT)
    assert {p.name: p.default for p in serve.params}["port"] in (None, PORT)
    name = manifests()["Service"]["metadata"]["name"]
    assert values()["singleuser"]["extraEnv"]["COURSEKIT_URL"] == f"http://{name}:{PORT}"
    assert values()["hub"]["services"]["coursekit"]["url"] == f"http://{name}:{PORT}"


def test_probes_ask_what_they_should() -> None:
    container = exchange()
    for probe, path in (("startupProbe", HEALTH), ("livenessProbe", HEALTH), ("readinessProbe", READY)):
        assert container[probe]["httpGet"] == {"path": path, "port": "http"}
    assert path.startswith(API)
    # The answer itself may take five seconds.
    assert container["readinessProbe"]["timeoutSeconds"] > 5


def test_the_pod_may_do_nothing_that_it_does_not_need() -> None:
    spec, container = pod(), exchange()
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]
    # Every mount has its volume; secrets are mounted to be read, or named, and never written down.
    volumes = {v["name"]: v for v in spec["volumes"]}
    for mount in container["volumeMounts"]:
        assert mount.get("readOnly") or "emptyDir" in volumes[mount["name"]]
    assert {v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v} == {
        "coursekit-receipt-keys",
        "coursekit-token-key",
    }
    assert all("valueFrom" in e for e in container["env"])
    assert not re.search("TOKEN|DATABASE", " ".join(manifests()["ConfigMap"]["data"]))


def test_it_has_the_time_to_end_in_good_order_and_never_all_at_once() -> None:
    data = manifests()["ConfigMap"]["data"]
    drain, grace = float(data["COURSEKIT_DRAIN_SECONDS"]), float(data["COURSEKIT_GRACE_SECONDS"])
    assert pod()["terminationGracePeriodSeconds"] > drain + grace
    # Balancers notice before the listener closes: the probe needs that long, at most.
    assert drain >= 5
    deployment = manifests()["Deployment"]["spec"]
    assert deployment["replicas"] >= 2
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert manifests()["PodDisruptionBudget"]["spec"]["minAvailable"] >= 1
    memory = exchange()["resources"]["limits"]["memory"]
    assert int(memory.removesuffix("Mi")) > 4 * int(data["COURSEKIT_BODY_MEMORY_MIB"]) + 384


def test_keys_are_mounted_where_the_exchange_looks(tmp_path: Path) -> None:
    from coursekit.wiring.exchange import open_embedded

    made = open_embedded(tmp_path)
    made.ledger.close()
    keys = manifests()["ConfigMap"]["data"]["COURSEKIT_KEYS"]
    mounted = {m["mountPath"] for m in exchange()["volumeMounts"] if m.get("readOnly")}
    assert mounted == {
        f"{keys}/{p.name}" for p in (tmp_path / "keys").iterdir() if not p.name.startswith(".")
    }


def test_one_label_finds_the_pods_everywhere() -> None:
    found = manifests()
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    name = {"app.kubernetes.io/name": "coursekit-exchange"}
    assert name.items() <= labels.items()
    assert found["Deployment"]["spec"]["selector"]["matchLabels"] == name
    assert found["Service"]["spec"]["selector"] == name
    assert found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == name
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == name
    egress = [values()["singleuser"]["networkPolicy"], values()["proxy"]["chp"]["networkPolicy"]]
    for policy in egress:
        (rule,) = policy["egress"]
        assert rule["to"] == [{"podSelector": {"matchLabels": name}}]
        assert [p["port"] for p in rule["ports"]] == [PORT]
    # The chart's own label: without it the Hub does not let the exchange ask.
    assert labels["hub.jupyter.org/network-access-hub"] == "true"


def test_only_whom_the_exchange_serves_gets_in() -> None:
    policy = manifests()["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    for rule in policy["ingress"]:
        assert rule["from"], "an empty list is everybody"
        assert [p["port"] for p in rule["ports"]] == [PORT]
    first = policy["ingress"][0]["from"][0]["podSelector"]["matchExpressions"]
    assert {e["key"]: e["values"] for e in first} == {
        "app": ["jupyterhub"],
        "component": ["hub", "proxy", "singleuser-server"],
    }


def test_the_roles_keep_what_the_hub_gives_and_add_one_scope() -> None:
    from jupyterhub.roles import get_default_roles

    service = manifests()["ConfigMap"]["data"]["COURSEKIT_HUB_SERVICE"]
    assert service in values()["hub"]["services"]
    defaults = {r["name"]: r["scopes"] for r in get_default_roles()}
    roles = values()["hub"]["loadRoles"]
    assert set(roles) == {"user", "server"}
    for name, role in roles.items():
        assert role["scopes"] == [*defaults[name], f"access:services!service={service}"]


# the pages


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_in_the_pages_exist(page: str) -> None:
    from coursekit.cli import app

    text = (ROOT / "docs" / page).read_text()
    for name, rest in re.findall(r"^[^#\n]*?\bcoursekit ([a-z-]+)((?: [^\n]*)?)$", text, re.M):
        if name not in app.list_commands(None):  # type: ignore[arg-type]
            continue
        command = app.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        commands = [command, *getattr(command, "commands", {}).values()]
        options = {o for c in commands for p in c.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
        for option in re.findall(r"(?<=\s)--[a-z-]+", re.split(r"[|;&>`]", rest)[0]):
            assert option in options, (name, option)
