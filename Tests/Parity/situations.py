"""The situations that run.py plays. A situation is a list of steps; each writes files, may do something by hand, and runs `up`."""
import re

# Address ranges that situations choose; the others are the engine's choice, and differ.
FIXED_SUBNET = re.compile(r"10\.213\.")
# Host ports of which the engine takes one that is free.
PORT_RANGE = re.compile(r"1841\d$")


class Step:
    def __init__(self, text=None, *arguments, by_hand=None, environment=None, runs=True, **files):
        self.files = dict(files.pop("files", {}))
        if text is not None:
            self.files["compose.yaml"] = text
        self.by_hand = by_hand
        self.environment = environment or {}
        self.arguments = (list(arguments) or ["up", "-d"]) if runs else None


class Situation:
    """`differs`: what differs, as patterns of the lines that tell it, each with the reason. `crossed`: the other tool is run
    on the result, and changes nothing."""
    def __init__(self, name, *steps, crossed=True, differs=None):
        self.name, self.steps, self.is_crossed, self.differs = name, steps, crossed, differs or {}


WHOLE = "a stack that fails is taken back as a whole; Docker Compose leaves what it has made so far"
READ_ONLY = "`volumes_from: [x:ro]` is mounted read-only; Docker Compose forgets `:ro`"
NEW_MOUNT = "what the file mounts now is mounted; Docker Compose keeps the old anonymous volume at its place"
GOES_ON = "a paused container goes on; Docker Compose fails on it"
ALIASES = "a container on a new network keeps its names there; with Docker Compose nothing finds it by name until it is replaced"
LINKS = "a link with a number leads to the container of that number; Docker Compose puts the number of the container that links"
NETWORK = "a container without its network is replaced; Docker Compose starts it without any, and replaces it the next time"
RENAMED = "a container of a renamed network is replaced; Docker Compose moves it, without its names"


def sleeper(**attributes):
    """A service that runs until it is told to end, with more attributes as YAML flow text."""
    base = {"image": "slipway/base:1", "command": "[sleep, '600']", "init": "true", "stop_grace_period": "3s"}
    return "{" + ", ".join(f"{key}: {value}" for key, value in {**base, **attributes}.items() if value is not None) + "}"


def stack(rest="", **services):
    return "services:\n" + "".join(f"  {name}: {text}\n" for name, text in services.items()) + rest


def stop(service, number=1):
    return lambda engine, project: engine.call("POST", f"/containers/{project}-{service}-{number}/stop?t=1")


def remove(service, number=1):
    return lambda engine, project: engine.call("DELETE", f"/containers/{project}-{service}-{number}?force=1")


def pause(service, number=1):
    return lambda engine, project: engine.call("POST", f"/containers/{project}-{service}-{number}/pause")


def disconnect(service, network="default"):
    def act(engine, project):
        engine.call("POST", f"/networks/{project}_{network}/disconnect", {"Container": f"{project}-{service}-1", "Force": True})
    return act


def remove_network(network="default"):
    """As a user who prunes: its containers are stopped and taken off it first."""
    def act(engine, project):
        for container in engine.listed("containers/json", project):
            engine.call("POST", f"/containers/{container['Id']}/stop?t=1")
            engine.call("POST", f"/networks/{project}_{network}/disconnect", {"Container": container["Id"], "Force": True})
        engine.call("DELETE", f"/networks/{project}_{network}")
    return act


def make_network(suffix):
    def act(engine, project):
        engine.call("POST", "/networks/create", {"Name": f"{project}-{suffix}", "Labels": {"com.docker.compose.project": project + "-own"}})
    return act


def make_external(engine, project):
    engine.call("POST", "/networks/create", {"Name": "parity-external", "CheckDuplicate": True})
    engine.call("POST", "/volumes/create", {"Name": "parity-external"})


def make_outsider(engine, project):
    """A container of no project, kept from one run to the next."""
    engine.call("POST", "/containers/create?name=parity-outsider", {
        "Image": "slipway/base:1", "Cmd": ["sleep", "6000"], "Volumes": {"/outside": {}}, "HostConfig": {"IpcMode": "shareable", "Init": True}})
    engine.call("POST", "/containers/parity-outsider/start")


HEALTHY = "{test: [CMD, 'true'], interval: 500ms, retries: 5}"
web = sleeper()
ALL = []


def add(name, *steps, **options):
    ALL.append(Situation(name, *steps, **options))


# First runs
add("first up of one service", Step(stack(web=web)))
add("first up with everything a service may say", Step(stack(
    web=sleeper(
        hostname="box", domainname="example.test", user="'1000:1000'", working_dir="/tmp", tty="true", stdin_open="true",
        environment="{A: b, EMPTY: ''}", labels="{x: y, 'z.t': '1'}", dns="[10.213.0.1]", dns_search="[example.test]", dns_opt="['ndots:2']",
        extra_hosts="['peer=10.213.0.2', 'other:10.213.0.3']", cap_add="[NET_ADMIN]", cap_drop="[MKNOD]", read_only="true",
        tmpfs="[/run, '/scratch:size=1m']", sysctls="{net.core.somaxconn: 200}", ulimits="{nofile: {soft: 100, hard: 200}, nproc: 50}",
        shm_size="32m", stop_signal="SIGINT", mem_limit="64m", mem_reservation="32m", cpus="0.5", pids_limit="40", cpu_shares="512",
        restart="unless-stopped", oom_score_adj="100", group_add="['44']", ipc="shareable", security_opt="['no-new-privileges:true']",
        healthcheck="{test: [CMD, 'true'], interval: 30s, timeout: 5s, start_period: 1s, retries: 2}",
        expose="['8000', '9000/udp']", ports="['127.0.0.1:0:80', '8081/tcp']", logging="{driver: json-file, options: {max-size: 1m}}"))))
add("first up with two networks, aliases and addresses", Step(stack(
    "networks:\n  front: {driver_opts: {com.docker.network.driver.mtu: '1400'}, labels: {a: b}}\n"
    "  back: {internal: true, ipam: {config: [{subnet: 10.213.7.0/24, gateway: 10.213.7.1, ip_range: 10.213.7.128/25}]}}\n",
    web=sleeper(networks="{front: {aliases: [www, site]}, back: {ipv4_address: 10.213.7.9, priority: 10}}"),
    db=sleeper(networks="[back]"))))
add("first up with volumes of all kinds", Step(stack(
    "volumes:\n  data: {labels: {a: b}}\n  named: {name: '${P:-x}-named'}\n",
    web=sleeper(volumes="['data:/data', 'named:/named:ro', /anonymous, './files:/files:ro', {type: tmpfs, target: /mem, tmpfs: {size: 1048576, mode: 448}}, "
                "{type: volume, source: data, target: /again, volume: {nocopy: true}}, {type: bind, source: ./made, target: /made}]")),
    files={"files/a": "a"}, environment={"P": "parity"}))
add("first up with secrets and configs", Step(stack(
    "secrets:\n  file: {file: ./secret.txt}\n  env: {environment: WORD}\nconfigs:\n  text: {content: 'hello'}\n  file: {file: ./conf.txt}\n",
    web=sleeper(secrets="[file, {source: env, target: /etc/word, mode: 0400, uid: '7'}]", configs="[text, {source: file, target: /etc/conf}]")),
    files={"secret.txt": "s", "conf.txt": "c"}, environment={"WORD": "w"}))
add("first up with limits of every kind", Step(stack(web=sleeper(
    cpuset="'0'", cpu_period="100000", cpu_quota="50000", memswap_limit="96m", mem_limit="64m", mem_swappiness="10",
    device_cgroup_rules="['c 1:3 r']", devices="['/dev/null:/dev/nothing:r', /dev/zero]", privileged="false", oom_kill_disable="false",
    annotations="{a.b: c}", runtime="runc", cgroup="private"))))
add("first up in the namespaces of the host", Step(stack(web=sleeper(pid="host", ipc="host", uts="host", userns_mode="host"))))
add("created with privileges and limits of devices", Step(stack(web=sleeper(
    privileged="true", cap_add="[ALL]", security_opt="['seccomp:unconfined']",
    blkio_config="{weight: 300, device_read_bps: [{path: /dev/null, rate: '1mb'}], device_write_iops: [{path: /dev/null, rate: 30}]}")),
    "up", "--no-start"))
add("first up with ports of all forms", Step(stack(web=sleeper(
    ports="['80', '127.0.0.1:18401-18402:81-82', '18403:83/udp', '[::1]:18404:84', {target: 85, published: '18405', host_ip: 127.0.0.1, protocol: tcp, name: x, app_protocol: http}]",
    expose="['7000-7002']"))))
add("first up of replicas with a range of ports", Step(stack(web=sleeper(scale="2", ports="['127.0.0.1:18410-18419:80']"))))
add("first up without a command or an entrypoint of its image", Step(stack(
    web="{image: 'slipway/hello:1.0', entrypoint: [], command: [/server], init: true, stop_grace_period: 1s}",
    other=sleeper(entrypoint="sleep 600", command=None))), crossed=False)
add("first up with health checks of all forms", Step(stack(
    off=sleeper(healthcheck="{disable: true}"), text=sleeper(healthcheck="{test: 'true || false', start_interval: 1s, start_period: 3s}"),
    none=sleeper(healthcheck="{test: [NONE]}"), shell=sleeper(healthcheck="{test: [CMD-SHELL, 'true'], interval: 1m, retries: 0}"))))
add("first up with mounts in their long form", Step(stack(
    "volumes:\n  data: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}}\n",
    web=sleeper(volumes="[{type: bind, source: ./files, target: /files, read_only: true, bind: {propagation: rprivate, create_host_path: false}}, "
                "{type: bind, source: ./se, target: /se, bind: {selinux: z}}, {type: volume, target: /anonymous}, {type: volume, source: data, target: /data, read_only: true}, "
                "{type: tmpfs, target: /t}, {type: tmpfs, target: /u, tmpfs: {mode: 0o1770}}]", tmpfs="/v:size=64k")),
    files={"files/a": "a"}))
add("first up with addresses of IPv6 and priorities", Step(stack(
    "networks:\n  six: {enable_ipv6: true, ipam: {driver: default, config: [{subnet: 'fd00:213::/64'}, {subnet: 10.213.9.0/24, aux_addresses: {box: 10.213.9.5}}]}}\n  low: {attachable: true}\n",
    web=sleeper(networks="{six: {ipv6_address: 'fd00:213::9', priority: 5, mac_address: '02:42:0a:d5:09:07'}, low: {priority: 1, driver_opts: {a: b}}}"))))
add("first up with an external network and volume", Step(by_hand=make_external, runs=False), Step(stack(
    "networks: {default: {external: true, name: parity-external}}\nvolumes: {data: {external: true, name: parity-external}}\n", web=sleeper(volumes="['data:/d']"))))
add("first up with hooks of all kinds", Step(stack(web=sleeper(
    pre_start="[{command: ['true'], image: 'slipway/base:1'}]", post_start="[{command: [sh, -c, 'echo $$A'], environment: {A: b}, user: '0', working_dir: /tmp}]"))))
add("first up of a platform", Step(stack(web=sleeper(platform="linux/amd64"))))
add("first up with links to several containers", Step(stack(web=sleeper(links="[db, 'db:data']"), db=sleeper(scale="2"))),
    differs={r"web-1\.NetworkSettings\.Networks\..*\.Links": LINKS})
add("depends_on with all conditions", Step(stack(
    job="{image: slipway/base:1, command: ['true']}", db=sleeper(healthcheck=HEALTHY),
    web=sleeper(depends_on="{db: {condition: service_healthy}, job: {condition: service_completed_successfully}, cache: {condition: service_started, restart: true}}"),
    cache=web)))
add("a dependency that fails", Step(stack(job="{image: slipway/base:1, command: ['false']}",
    web=sleeper(depends_on="{job: {condition: service_completed_successfully}}"))), crossed=False,
    differs={r"step 1\.(containers|networks)": WHOLE})
add("several files", Step(stack(web=web), "-f", "compose.yaml", "-f", "more.yaml", "up", "-d", files={"more.yaml": stack(web="{environment: {A: b}}", db=web)}))
add("only one service with its dependency", Step(stack(web=sleeper(depends_on="[db]"), db=web, other=web), "up", "-d", "web"))
add("links, shared namespaces and volumes_from", Step(stack(
    db=sleeper(volumes="[/shared]", ipc="shareable"), web=sleeper(links="['db:database']", volumes_from="['db:ro']"),
    side=sleeper(network_mode="'service:db'", pid="'service:db'", ipc="'service:db'"))),
    differs={r"web-1\.HostConfig\.VolumesFrom": READ_ONLY, r"web-1\.Mounts": READ_ONLY})
add("namespaces and volumes of a container outside", Step(by_hand=make_outsider, runs=False), Step(stack(
    web=sleeper(volumes_from="['container:parity-outsider']"), db=sleeper(volumes_from="['container:parity-outsider:ro']"),
    side=sleeper(network_mode="'container:parity-outsider'", pid="'container:parity-outsider'", ipc="'container:parity-outsider'"))),
    differs={r"db-1\.HostConfig\.VolumesFrom": READ_ONLY, r"db-1\.Mounts": READ_ONLY})
add("links on the engine's own network", Step(stack(
    web=sleeper(network_mode="bridge", links="[db, 'db:data']"), db=sleeper(network_mode="bridge"))))
add("network_mode host and none", Step(stack(web=sleeper(network_mode="host"), alone=sleeper(network_mode="none"))))

# No change
add("nothing has changed", Step(stack(web=web, db=web)), Step())
add("only comments and order have changed", Step(stack(web=web, db=web)), Step("# other\n" + stack(db=web, web=web)))


# A change of one attribute
def changes(name, before, after, rest="", files=None, **options):
    add(f"changed {name}", Step(stack(rest, web=before, db=web), files=files or {}), Step(stack(rest, web=after, db=web)), **options)


changes("environment", sleeper(environment="{A: '1'}"), sleeper(environment="{A: '2'}"))
changes("image", sleeper(image="slipway/hello:1.0", command=None), sleeper(image="slipway/hello:1.1", command=None))
changes("port", sleeper(ports="['127.0.0.1:18231:80']"), sleeper(ports="['127.0.0.1:18232:80']"))
changes("command", sleeper(), sleeper(command="[sleep, '700']"))
changes("label", sleeper(labels="{a: b}"), sleeper(labels="{a: c}"))
changes("health check", sleeper(healthcheck=HEALTHY), sleeper(healthcheck="{test: [CMD, 'true'], interval: 2s}"))
changes("bind mount", sleeper(volumes="['./one:/d']"), sleeper(volumes="['./two:/d']"))
changes("networks", sleeper(networks="[default]"), sleeper(networks="[default, more]"), "networks: {more: {}}\n")
changes("named volume", sleeper(volumes="['one:/d']"), sleeper(volumes="['two:/d']"), "volumes: {one: {}, two: {}}\n")
changes("anonymous volume to a tmpfs", sleeper(volumes="[/d]"), sleeper(volumes="[{type: tmpfs, target: /d}]"),
        differs={r"web-1\.(HostConfig\.)?Mounts": NEW_MOUNT})
changes("named volume that is taken away", sleeper(volumes="['one:/d']"), sleeper(), "volumes: {one: {}}\n")
changes("environment beside an anonymous volume", sleeper(volumes="[/d]", environment="{A: '1'}"), sleeper(volumes="[/d]", environment="{A: '2'}"))
changes("restart policy", sleeper(restart="'no'"), sleeper(restart="always"))
changes("container name", sleeper(), sleeper(container_name="parity-own"))
changes("stop signal and grace", sleeper(stop_grace_period="1s"), sleeper(stop_grace_period="2s", stop_signal="SIGINT"))

# Things that Compose does not look at
changes("depends_on only", sleeper(), sleeper(depends_on="[db]"))
changes("profile only", sleeper(), sleeper(profiles="[a]"), crossed=False)
add("changed config content", Step(stack("configs: {c: {content: one}}\n", web=sleeper(configs="[c]"))),
    Step(stack("configs: {c: {content: two}}\n", web=sleeper(configs="[c]"))))

changes("build section only", sleeper(), sleeper(build="{context: .}"))
changes("pull_policy and deploy placement", sleeper(), sleeper(pull_policy="missing", scale="1"))
changes("secret file content", sleeper(secrets="[s]"), sleeper(secrets="[s]"), "secrets: {s: {file: ./s.txt}}\n", files={"s.txt": "x"})

# Scale
add("scaled up and down", Step(stack(web=sleeper(scale="1"))), Step(stack(web=sleeper(scale="3"))), Step(stack(web=sleeper(scale="2"))))
add("scaled by an option", Step(stack(web=web)), Step(None, "up", "-d", "--scale", "web=3"))
add("scaled and changed at once", Step(stack(web=sleeper(scale="3", environment="{A: '1'}"))), Step(stack(web=sleeper(scale="2", environment="{A: '2'}"))))
add("scaled to nothing", Step(stack(web=web, db=web)), Step(None, "up", "-d", "--scale", "web=0"))
add("a number in the middle is missing", Step(stack(web=sleeper(scale="3"))), Step(by_hand=remove("web", 2)))

# By hand
add("stopped by hand", Step(stack(web=web, db=web)), Step(by_hand=stop("web")))
add("removed by hand", Step(stack(web=web, db=web)), Step(by_hand=remove("web")))
add("paused by hand", Step(stack(web=web, db=web)), Step(by_hand=pause("web")), crossed=False,
    differs={r"web-1\.status": GOES_ON, r"succeeded": GOES_ON})
add("taken off its network by hand", Step(stack(web=web, db=web)), Step(by_hand=disconnect("web")))
add("its network was removed by hand", Step(stack(web=web, db=web)), Step(by_hand=remove_network()), crossed=False,
    differs={r"step 2\.containers": NETWORK})

# Networks and volumes as wholes
add("network definition changed", Step(stack("networks: {default: {driver_opts: {com.docker.network.driver.mtu: '1400'}}}\n", web=web)),
    Step(stack("networks: {default: {driver_opts: {com.docker.network.driver.mtu: '1450'}}}\n", web=web)),
    differs={r"Networks\..*_default\.Aliases": ALIASES})
add("network labels changed", Step(stack("networks: {default: {labels: {a: '1'}}}\n", web=web)), Step(stack("networks: {default: {labels: {a: '2'}}}\n", web=web)),
    differs={r"Networks\..*_default\.Aliases": ALIASES})
add("network renamed", Step(stack("networks: {default: {name: '${P:-x}-one'}}\n", web=web), environment={"P": "paritya"}),
    Step(stack("networks: {default: {name: '${P:-x}-two'}}\n", web=web), environment={"P": "paritya"}),
    differs={r"step 2\.containers": RENAMED})
add("volume labels changed", Step(stack("volumes: {data: {labels: {a: '1'}}}\n", web=sleeper(volumes="['data:/d']"))),
    Step(stack("volumes: {data: {labels: {a: '2'}}}\n", web=sleeper(volumes="['data:/d']")), "up", "-d"))
add("external network that is missing", Step(stack("networks: {default: {external: true, name: parity-missing}}\n", web=web)), crossed=False)
add("external volume that is missing", Step(stack("volumes: {data: {external: true, name: parity-missing}}\n", web=sleeper(volumes="['data:/d']"))), crossed=False)

# Services that come and go
add("a service is added", Step(stack(web=web)), Step(stack(web=web, db=web)))
add("an orphan stays", Step(stack(web=web, old=web)), Step(stack(web=web)))
add("an orphan is removed", Step(stack(web=web, old=web)), Step(stack(web=web), "up", "-d", "--remove-orphans"))
add("a service is renamed", Step(stack(web=web)), Step(stack(site=web), "up", "-d", "--remove-orphans"))
add("a profile is switched on and off", Step(stack(web=web, debug=sleeper(profiles="[debug]"))), Step(None, "--profile", "debug", "up", "-d"), Step())
add("a profile's service is named", Step(stack(web=web, debug=sleeper(profiles="[debug]", depends_on="[web]"))), Step(None, "up", "-d", "debug"))

# Dependencies
add("a dependency is replaced", Step(stack(web=sleeper(depends_on="[db]"), db=sleeper(environment="{A: '1'}"))),
    Step(stack(web=sleeper(depends_on="[db]"), db=sleeper(environment="{A: '2'}"))))
add("a dependency with restart is replaced", Step(stack(web=sleeper(depends_on="{db: {condition: service_started, restart: true}}"), db=sleeper(environment="{A: '1'}"))),
    Step(stack(web=sleeper(depends_on="{db: {condition: service_started, restart: true}}"), db=sleeper(environment="{A: '2'}"))))
add("the owner of a shared network is replaced", Step(stack(side=sleeper(network_mode="'service:db'"), db=sleeper(environment="{A: '1'}"))),
    Step(stack(side=sleeper(network_mode="'service:db'"), db=sleeper(environment="{A: '2'}"))))
add("the owner of shared volumes is replaced", Step(stack(side=sleeper(volumes_from="[db]"), db=sleeper(volumes="[/d]", environment="{A: '1'}"))),
    Step(stack(side=sleeper(volumes_from="[db]"), db=sleeper(volumes="[/d]", environment="{A: '2'}"))))

# Options
add("--force-recreate", Step(stack(web=web, db=web)), Step(None, "up", "-d", "--force-recreate"), crossed=False)
add("--force-recreate of one service", Step(stack(web=sleeper(depends_on="[db]"), db=web)), Step(None, "up", "-d", "--force-recreate", "web"), crossed=False)
add("--always-recreate-deps", Step(stack(web=sleeper(depends_on="[db]"), db=web)), Step(None, "up", "-d", "--always-recreate-deps", "web"), crossed=False)
add("--no-recreate", Step(stack(web=sleeper(environment="{A: '1'}"))), Step(stack(web=sleeper(environment="{A: '2'}")), "up", "-d", "--no-recreate"))
add("--no-deps", Step(stack(web=sleeper(depends_on="[db]"), db=web), "up", "-d", "--no-deps", "web"))
add("--no-start", Step(stack(web=web, db=web), "up", "--no-start"), Step())
add("--renew-anon-volumes", Step(stack(web=sleeper(volumes="[/d]", environment="{A: '1'}"))),
    Step(stack(web=sleeper(volumes="[/d]", environment="{A: '2'}")), "up", "-d", "-V"), crossed=False)
add("--wait", Step(stack(web=sleeper(healthcheck=HEALTHY)), "up", "--wait"))
add("pull_policy never without the image", Step(stack(web="{image: 'parity/absent:1', pull_policy: never}")), crossed=False,
    differs={r"step 1\.networks": WHOLE})
add("pull_policy if_not_present with the image", Step(stack(web=sleeper(pull_policy="if_not_present"))))

# Hooks
add("hooks after the start and before the stop", Step(stack(web=sleeper(post_start="[{command: [touch, /tmp/started]}]", pre_stop="[{command: [touch, /tmp/stopping]}]", environment="{A: '1'}"))),
    Step(stack(web=sleeper(post_start="[{command: [touch, /tmp/started]}]", pre_stop="[{command: [touch, /tmp/stopping]}]", environment="{A: '2'}"))))

# Deploy attributes
add("limits, replicas and restart policy of deploy", Step(stack(web=sleeper(
    deploy="{replicas: 2, resources: {limits: {cpus: '0.25', memory: 48m, pids: 30}, reservations: {memory: 16m}}, restart_policy: {condition: on-failure, max_attempts: 3}, labels: {l: m}}"))))
add("labels and environment from files", Step(stack(web=sleeper(env_file="[one.env, {path: absent.env, required: false}]", label_file="[labels]")),
    files={"one.env": "A=1\nB=${A}2\n", "labels": "x=y\n"}))
add("extends and include", Step("include: [inner/part.yaml]\n" + stack(web="{extends: {file: base.yaml, service: base}, environment: {B: '2'}}"),
    files={"base.yaml": stack(base=sleeper(environment="{A: '1'}")), "inner/part.yaml": stack(part=web)}))
