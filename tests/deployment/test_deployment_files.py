"""What is deployed by: each file against the schema of what reads it, and against the program that it starts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from fastapi.testclient import TestClient

from bot.answering.settings import SETTINGS, Settings
from bot.serving.api import create_api

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
# What is not the program's: of uvicorn, the model hub's library, and PostgreSQL's image.
OTHERS = {"FORWARDED_ALLOW_IPS", "HF_HUB_OFFLINE", "POSTGRES_PASSWORD", "OMP_NUM_THREADS"}
KNOWN = OTHERS | {setting.name for setting in SETTINGS}


def manifests() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in MANIFESTS:
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            yield f"{path.name}: {document['kind']} {document['metadata']['name']}", document


OBJECTS = dict(manifests())


def of_kind(kind: str) -> dict[str, Any]:
    return {each["metadata"]["name"]: each for each in OBJECTS.values() if each["kind"] == kind}


def pods() -> dict[str, Any]:
    return {
        name: each["spec"]["template"] for kind in ("Deployment", "StatefulSet") for name, each in of_kind(kind).items()
    }


def compose_errors(path: Path) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def test_compose_file_is_one(tmp_path: Path) -> None:
    assert compose_errors(DEPLOY / "compose.yaml") == ""
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(yaml.safe_dump({"services": {"app": {"image": "wholeads", "replicas": 2}}}), encoding="utf-8")
    assert "replicas" in compose_errors(wrong)


def test_compose_services_may_do_little_and_the_proxy_knows_the_servers() -> None:
    services = COMPOSE["services"]
    for name, service in services.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["mem_limit"], name
        assert name == "postgres" or (service["read_only"] and service["cap_drop"] == ["ALL"]), name
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    # Chroma asks nobody who they are: the proxy, which is reached from outside, does not reach it.
    assert not {*services["proxy"]["networks"]} & {*services["chroma"]["networks"]}
    assert COMPOSE["networks"]["back"]["internal"]
    proxied = set(re.findall(r"server ([\w-]+):8000", (DEPLOY / "nginx.conf").read_text(encoding="utf-8")))
    assert proxied == {"app-1", "app-2"} <= set(services)


@pytest.mark.parametrize("name", OBJECTS)
def test_kubernetes_objects_fit_their_schema(name: str) -> None:
    kubernetes_validate.validate(OBJECTS[name], kubernetes_validate.latest_version(), strict=True)


def test_kustomization_lists_every_manifest() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert sorted(listed) == [path.name for path in MANIFESTS]


@pytest.mark.parametrize("name", ["wholeads", "chroma", "postgres"])
def test_pods_are_probed_and_limited_and_may_do_little(name: str) -> None:
    pod = pods()[name]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
        assert {"cpu", "memory"} <= container["resources"]["limits"].keys()
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_whatever_selects_pods_finds_some() -> None:
    labels = {name: pod["metadata"]["labels"] for name, pod in pods().items()}
    for name, service in of_kind("Service").items():
        assert service["spec"]["selector"] == labels[name]
        ports = {port["name"] for each in pods()[name]["spec"]["containers"] for port in each["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
    for name, policy in of_kind("NetworkPolicy").items():
        assert policy["spec"]["podSelector"].get("matchLabels") == labels.get(name)
    assert of_kind("PodDisruptionBudget")["wholeads"]["spec"]["selector"]["matchLabels"] == labels["wholeads"]
    assert of_kind("HorizontalPodAutoscaler")["wholeads"]["spec"]["scaleTargetRef"]["name"] in of_kind("Deployment")


def test_probes_and_the_metric_to_scale_by_are_there() -> None:
    client = TestClient(create_api(None, Settings.from_environ({})))
    [container] = pods()["wholeads"]["spec"]["containers"]
    probed = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    # Without a corpus it is up and not ready.
    assert {path: client.get(path).status_code for path in probed} == {"/readyz": 503, "/healthz": 200}
    [metric] = of_kind("HorizontalPodAutoscaler")["wholeads"]["spec"]["metrics"]
    wanted = metric["pods"]["metric"]["name"]
    assert f'{wanted}{{pool="ask"}}' in client.get("/metrics").text
    [rule] = yaml.safe_load((DEPLOY / "prometheus-adapter.yaml").read_text(encoding="utf-8"))["rules"]["custom"]
    assert rule["name"] == {"as": wanted} and rule["seriesQuery"].startswith(f"{wanted}{{")


def test_every_setting_that_is_given_is_known() -> None:
    unit = (DEPLOY / "wholeads.service").read_text(encoding="utf-8")
    given = {
        "compose.yaml": set(COMPOSE["x-app"]["environment"]),
        "Kubernetes": set(of_kind("ConfigMap")["wholeads"]["data"]),
        "Dockerfile": set(re.findall(r"\b(WHOLEADS_\w+|[A-Z]+_URL|HF_\w+)=", DOCKERFILE)),
        "wholeads.service": set(re.findall(r"\b(WHOLEADS_\w+|[A-Z]+_URL|HF_\w+)=", unit)),
    }
    assert all(given.values()) and {name: wrong for name, names in given.items() if (wrong := names - KNOWN)} == {}
    environ = {name: str(value) for name, value in COMPOSE["x-app"]["environment"].items() if "${" not in str(value)}
    assert Settings.from_environ(environ).chroma_url == "http://chroma:8000"
    assert Settings.from_environ(of_kind("ConfigMap")["wholeads"]["data"]).chroma_url == "http://chroma:8000"


def test_dockerfile_is_well_made() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None and sys.platform != "linux":
        pytest.skip("hadolint is installed on Linux alone")
    assert hadolint, "hadolint is not installed: pip install -e '.[dev]'"
    done = subprocess.run([hadolint, "-"], input=DOCKERFILE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_dockerfile_copies_what_is_there_and_all_that_is_installed() -> None:
    copied = {source for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for source in line.split()[:-1]}
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    let_through = {rule[1:] for rule in rules if rule.startswith("!")}
    assert rules[1] == "*" and copied == let_through
    assert [source for source in copied if not (ROOT / source).exists()] == []
    packaged = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    installed = re.search(r"^include = (\[.+\])$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert installed and copied >= {name for name in packaged if any(fnmatch(name, p) for p in eval(installed[1]))}
