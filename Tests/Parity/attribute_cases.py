"""The cases of attributes.py: each attribute of the Compose Specification with many values, in many contexts.

A template holds one `@`, where the values go. A template of SERVICE stands in the service `s`, one of PROJECT is a whole file.
`all_cases` crosses them with values of every kind, with quotes and variables, and with merging, extending, including, resetting.
WHOLE are complete projects, for what is not one attribute: files, names, environment, options.
"""
import dataclasses, re

# What the variables of the cases stand for.
ENVIRONMENT = {"FIVE": "5", "YES": "yes", "SIZE": "1m", "TEXT": "some text", "EMPTY": "", "LIST": "[a, b]", "SPAN": "1m30s"}

# Values of every kind, for every attribute.
KINDS = [
    "null", '""', "0", "1", "-1", "1.5", "5.0", "1e3", "true", '"true"', "yes", "text", '"5"', "1m", "1m30s", "0755", "0x10",
    "99999999999999999999", "2001-12-14", "[]", "{}", "[null]", '[""]', "[1]", "[a, a]", "[true]", "[1.5]", "[[a]]", "[{a: b}]",
    "{a: b}", "{a: null}", "{a: 1}", "{a: true}", "{a: 1.5}", "{a: [b]}", "{a: {b: c}}", '{"": a}', "{x-a: 1}", '"${UNSET}"',
    '"${FIVE}"', "${YES}", "${SIZE}", "${EMPTY}", "a b", '" a "', "a=b", "a:b", "[a=b, c]", "[a=1, a=2]", '"$$x"', "ünï",
]

SERVICE_HEAD = "services:\n  s:\n    image: x\n"
SERVICE_TAIL = """  o: {image: y, healthcheck: {test: [CMD, a]}}
  p: {image: z}
networks: {n1: , n2: }
volumes: {v1: , v2: }
secrets: {s1: {file: ./s1}, s2: {environment: FIVE}}
configs: {c1: {content: hello}, c2: {file: ./c2}}
models: {m1: {model: ai/m}, m2: {model: ai/n}}
"""

HOOK_VALUES = ["[{command: a b}]", "[{command: [a, b], user: root}]", "[{command: a, environment: [A=1, B]}]", "[{command: a, image: y}]"]
UPDATE = {
    "parallelism: @": ["2", '"3"'], "delay: @": ["10s", "1h30m"], "failure_action: @": ["pause", "rollback"],
    "monitor: @": ["5s", "0s"], "max_failure_ratio: @": ["0.1", '"0.25"', "1"], "order: @": ["start-first", "stop-first"],
}
DEVICE = {
    "capabilities: @": ["[gpu]", "[gpu, tpu]"], "count: @": ["1", "all", '"2"', "-1"], "device_ids: @": ['["0", "3"]', "[a]"],
    "driver: @": ["nvidia", "cdi"], "options: @": ["{virtualization: false}", "[a=b, c]", "{a: 1, b: null}"],
}
HOOK = {
    "command: @": ["echo 'a b'", "[a, b]", "a && b"], "user: @": ["root", '"0"'], "privileged: @": ["true", "false"],
    "working_dir: @": ["/w", "./w"], "environment: @": ["{A: 1, B: null}", "[A=1, B, FIVE]"],
}

SERVICE = {
    "annotations: @": ["{a: b}", "[a=b, c]", "{a: 1, b: null}"],
    "attach: @": ["true", "false"],
    "blkio_config: @": ["{weight: 300}", "{weight: 10, weight_device: [{path: /dev/a, weight: 400}]}"],
    "blkio_config: {weight: @}": ["10", "1000"],
    "blkio_config: {weight_device: @}": ["[{path: /dev/a, weight: 400}]", "[{path: /dev/a, weight: 1}, {path: /dev/a, weight: 2}]"],
    "blkio_config: {weight_device: [{path: /d, weight: @}]}": ["10"],
    "blkio_config: {weight_device: [{path: @, weight: 3}]}": ["/dev/a"],
    "blkio_config: {device_read_bps: @}": ["[{path: /d, rate: 1mb}]", "[{path: /d, rate: 1024}]"],
    "blkio_config: {device_write_bps: [{path: /d, rate: @}]}": ["1024k", "1.5g"],
    "blkio_config: {device_read_iops: [{path: /d, rate: @}]}": ["120"],
    "blkio_config: {device_write_iops: [{path: @, rate: 3}]}": ["/dev/a"],
    "build: @": [".", "./dir", "https://example.com/a.git", "git@h:a/b.git#main", "../up", "/abs", "{context: .}", "~/x", "{dockerfile_inline: FROM x}", "{context: ., x-a: {b: [c]}}", "oci-layout://x", "docker-image://x"],
    "build: {context: @}": [".", "sub/../dir", "github.com/a/b", "ssh://git@h/x", "http://h/x.tar"],
    "build: {context: ., dockerfile: @}": ["Dockerfile", "../Df", "/abs/Df", "d/Df"],
    "build: {context: ., dockerfile_inline: @}": ['"FROM x\\nRUN y\\n"', "FROM x"],
    "build: {context: ., dockerfile: a, dockerfile_inline: @}": ["FROM x"],
    "build: {context: ., entitlements: @}": ["[network.host, security.insecure]"],
    "build: {context: ., args: @}": ["{A: 1, B: true, C: null, D: 1.5, FIVE: null}", "[A=1, B, FIVE]", '{A: "$$x"}'],
    "build: {context: ., ssh: @}": ["[default]", "default", "[a]", "{a: null}"],
    "build: {context: ., labels: @}": ["{a: b}", "[a=b, c]"],
    "build: {context: ., cache_from: @}": ["[a, b]", "['type=local,src=x']"],
    "build: {context: ., cache_to: @}": ["[a, b]"],
    "build: {context: ., no_cache: @}": ["true", "false"],
    "build: {context: ., no_cache_filter: @}": ["a", "[a, b]"],
    "build: {context: ., additional_contexts: @}": ["{a: ./x, b: 'https://e.com', c: docker-image://y}", "[a=./x]", "{a: service:o}", "{a: /abs, b: ../c}"],
    "build: {context: ., network: @}": ["host", "none"],
    "build: {context: ., provenance: @}": ["true", "mode=max", '"false"'],
    "build: {context: ., sbom: @}": ["true", "generator=x"],
    "build: {context: ., pull: @}": ["true", "false"],
    "build: {context: ., target: @}": ["prod"],
    "build: {context: ., shm_size: @}": ["1gb", "1024", '"2m"'],
    "build: {context: ., extra_hosts: @}": ["{a: 1.1.1.1, b: '::1'}", "['a:1.1.1.1', 'b=[::1]']", "{a: [1.1.1.1, 2.2.2.2]}"],
    "build: {context: ., isolation: @}": ["default"],
    "build: {context: ., privileged: @}": ["true"],
    "build: {context: ., secrets: @}": ["[s1]", "[{source: s1, target: t, uid: '1', gid: '2', mode: 0440}]", "[nope]"],
    "build: {context: ., tags: @}": ["[a, b:1]", "[a, a]"],
    "build: {context: ., ulimits: @}": ["{nofile: 10}", "{nofile: {soft: 1, hard: 2}}"],
    "build: {context: ., platforms: @}": ["[linux/amd64, linux/arm64]", "[linux/amd64]"],
    "platform: linux/arm64, build: {context: ., platforms: @}": ["[linux/amd64]", "[linux/arm64]"],
    "build: {context: ., @}": ["contxt: a", "x-a: b", "args: {}"],
    "cap_add: @": ["[ALL, NET_ADMIN]", "[a, a]"],
    "cap_drop: @": ["[ALL]", "[a, b, a]"],
    "cgroup: @": ["host", "private"],
    "cgroup_parent: @": ["m-executor-abcd"],
    "command: @": ["a b", "[a, b c]", "\"a 'b c' d\"", '[]', '""', "a && b", "a | b", "'a \"b\\\" c\"'", "a; b", "(a)", "a `b c` d", "a $$(b c) d", "a\\ b c", "'a\n  b'", '"a\\nb"', "'a \"b'", "a #b", "a\\", "${TEXT}", "'[\"a\", \"b\"]'", "a > b", "\"a'b'c\"", "a 2>&1", "'a \"\" b'", "\"a\\tb\""],
    "configs: @": ["[c1]", "[c1, c2]", "[{source: c1, target: /t, uid: '1', gid: '2', mode: 0440}]", "[{source: c1}]", "[nope]", "[c1, c1]", "[{target: /t}]", "[{source: c1, mode: '0440'}]", "[{source: c1, mode: 440}]"],
    "configs: [{source: c1, mode: @}]": ["0440", "'0440'", "0o440", "288", "'9'", "'0x1'", "-1"],
    "configs: [{source: c1, target: @}]": ["/a", "b", "/a/../b"],
    "configs: [{source: c1, uid: @}]": ["'103'"],
    "container_name: @": ["web", "a b", "_a", "a.b-c_d", "a/b", "ab!"],
    "cpu_count: @": ["2", "'2'"],
    "cpu_percent: @": ["50", "'50'", "50.5", "100", "101"],
    "cpu_period: @": ["100000", "'100000'", "50ms"],
    "cpu_quota: @": ["50000", "'50000'"],
    "cpu_rt_period: @": ["'1400us'", "1400"],
    "cpu_rt_runtime: @": ["'400ms'", "95000"],
    "cpu_shares: @": ["73", "'73'"],
    "cpus: @": ["0.5", "'0.5'", "2", "0.123456789", "1e-3"],
    "cpuset: @": ["'0-3'", "'0,1'"],
    "credential_spec: @": ["{file: a.json}", "{registry: r}", "{config: c1}", "{config: nope}", "{file: a, registry: b}"],
    "depends_on: @": ["[o]", "[o, p]", "{o: {condition: service_healthy}}", "{o: {condition: service_started, restart: true, required: false}}", "[nope]", "{nope: {condition: service_started, required: false}}", "[s]", "[o, o]", "{o: {restart: true}}", "{o: {condition: service_completed_successfully, x-a: 1}}"],
    "depends_on: {o: {condition: @}}": ["service_healthy", "healthy"],
    "depends_on: {o: {condition: service_started, required: @}}": ["true", "false", "'false'"],
    "depends_on: {o: {condition: service_started, restart: @}}": ["true", "'yes'"],
    "deploy: @": ["{replicas: 2}", "{mode: global}", "{labels: [a=b]}", "{x-a: 1}", "{bogus: 1}", "{mode: replicated, replicas: 3, endpoint_mode: vip}"],
    "deploy: {mode: @}": ["global", "replicated", "replicated-job"],
    "deploy: {endpoint_mode: @}": ["vip", "dnsrr"],
    "deploy: {replicas: @}": ["3", "'3'", "1000"],
    "deploy: {labels: @}": ["{a: b}", "[a=b]"],
    **{f"deploy: {{update_config: {{{key}}}}}": values for key, values in UPDATE.items()},
    **{f"deploy: {{rollback_config: {{{key}}}}}": values[:1] for key, values in UPDATE.items()},
    "deploy: {resources: @}": ["{limits: {cpus: '0.5'}}", "{reservations: {memory: 1g}}", "{limits: {}}", "{x-a: 1}"],
    "deploy: {resources: {limits: @}}": ["{cpus: 1, memory: 64m, pids: 3}", "{devices: []}", "{generic_resources: []}"],
    "deploy: {resources: {limits: {cpus: @}}}": ["'0.25'", "2", "0.1"],
    "deploy: {resources: {limits: {memory: @}}}": ["64m", "'1073741824'", "1.5g", "1 GB", "10kib", "5B"],
    "deploy: {resources: {limits: {pids: @}}}": ["3", "'3'"],
    "deploy: {resources: {reservations: @}}": ["{cpus: '0.1', memory: 1m}", "{pids: 1}", "{devices: [{capabilities: [gpu]}]}"],
    "deploy: {resources: {reservations: {cpus: @}}}": ["'0.25'"],
    "deploy: {resources: {reservations: {memory: @}}}": ["64m"],
    "deploy: {resources: {reservations: {generic_resources: @}}}": ["[{discrete_resource_spec: {kind: gpu, value: 2}}]", "[{x-a: 1}]"],
    "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: @}}]}}}": ["2"],
    "deploy: {resources: {reservations: {devices: @}}}": ["[{capabilities: [gpu], count: 1}]", "[{capabilities: [gpu], device_ids: ['0']}]", "[{count: 1}]", "[{capabilities: [gpu], count: 1, device_ids: [a]}]", "[{capabilities: [gpu], bogus: 1}]"],
    **{f"deploy: {{resources: {{reservations: {{devices: [{{capabilities: [gpu], {key}}}]}}}}}}": values for key, values in DEVICE.items() if "capab" not in key},
    "deploy: {resources: {reservations: {devices: [{capabilities: @}]}}}": DEVICE["capabilities: @"],
    "deploy: {restart_policy: @}": ["{condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}"],
    "deploy: {restart_policy: {condition: @}}": ["any", "none"],
    "deploy: {restart_policy: {delay: @}}": ["5s", "0s"],
    "deploy: {restart_policy: {max_attempts: @}}": ["3"],
    "deploy: {restart_policy: {window: @}}": ["2m"],
    "deploy: {placement: @}": ["{constraints: [node.role==manager]}", "{preferences: [{spread: node.id}]}"],
    "deploy: {placement: {constraints: @}}": ["[a==b, c!=d]", "[a==b, a==b]"],
    "deploy: {placement: {preferences: @}}": ["[{spread: a}, {spread: b}]", "[{x-a: 1}]", "[{bogus: 1}]"],
    "deploy: {placement: {max_replicas_per_node: @}}": ["2"],
    "develop: @": ["{watch: []}", "{watch: [{path: ., action: sync, target: /t}]}", "{x-a: 1}"],
    "develop: {watch: @}": ["[{path: ., action: sync, target: /t}]", "[{path: a, action: rebuild}]", "[{path: ., action: sync+restart, target: /t, ignore: [n/], include: '*.x'}]", "[{path: .}]", "[{action: sync}]", "[{path: ., action: sync}]", "[{path: ., action: sync+exec, target: /t, exec: {command: a b}}]", "[{path: ., action: restart}]"],
    "develop: {watch: [{path: ., action: @, target: /t}]}": ["sync", "bogus"],
    "develop: {watch: [{path: @, action: sync, target: /t}]}": ["./a/../b", "/abs", "~/x"],
    "develop: {watch: [{path: ., action: sync, target: @}]}": ["/t", "t/../u"],
    "develop: {watch: [{path: ., action: sync, target: /t, ignore: @}]}": ["a", "[a, b]"],
    "develop: {watch: [{path: ., action: sync, target: /t, include: @}]}": ["a", "[a, b]"],
    "develop: {watch: [{path: ., action: sync, target: /t, initial_sync: @}]}": ["true", "false"],
    "develop: {watch: [{path: ., action: sync, target: /t, x-initialSync: @}]}": ["true", "false"],
    "develop: {watch: [{path: ., action: sync+exec, target: /t, exec: @}]}": ["{command: a}"],
    **{f"develop: {{watch: [{{path: ., action: sync+exec, target: /t, exec: {{command: z, {key}}}}}]}}": values for key, values in HOOK.items() if "command" not in key},
    "device_cgroup_rules: @": ["['c 1:3 mr', 'a 7:* rmw']", "['bogus']"],
    "devices: @": ["['/dev/a:/dev/b']", "['/dev/a']", "['/dev/a:/dev/b:r']", "[{source: /dev/a, target: /dev/b, permissions: r}]", "[{source: /dev/a}]", "['vendor.com/c=d']", "['/dev/a:/dev/b', '/dev/c:/dev/b']", "['a:b:c:d']", "['/dev/a:rwm']", "['/dev/a::r']"],
    "devices: [{source: /d, target: @}]": ["/e"],
    "devices: [{source: /d, target: /e, permissions: @}]": ["rw"],
    "dns: @": ["8.8.8.8", "[8.8.8.8, 9.9.9.9]", "[a, a]"],
    "dns_opt: @": ["[use-vc, no-tld-query]", "[a, a]"],
    "dns_search: @": ["example.com", "[a, b]", "[a, a]"],
    "domainname: @": ["foo.com"],
    "entrypoint: @": ["/a b", "[a, b]", "[]", '""'],
    "env_file: @": ["e.env", "[e.env, f.env]", "[{path: e.env, required: false}]", "[{path: e.env, format: raw}]", "nope.env", "[{path: nope.env, required: false}]", "./sub/g.env", "[e.env, e.env]", "[{required: true}]", "[{path: e.env, format: bogus}]", "sub"],
    "env_file: [{path: e.env, required: @}]": ["true", "'false'"],
    "env_file: [{path: e.env, format: @}]": ["raw"],
    "env_file: [{path: @}]": ["e.env", "nope.env", "sub"],
    "env_file: e.env, environment: @": ["{E: own}", "[E]", "{E: null}", "[NEW=1]"],
    "environment: @": ["{A: 1, B: true, C: null, D: 1.5, FIVE: null}", "[A=1, B, FIVE, 'C=']", "{A: ''}", "{A: 2001-12-14}", "{A: 1e21}", "['A =1']", "['A= 1']", "{A: 0755, B: 0o17, C: 0x1F, D: 1_000}", "[A=1, A=2]", '{A: "a\\nb"}', "{A: |\n  x}", "['=a']", "[A=b=c]", "{A.B: 1, 1: 2}", "{A: .5, B: 5., C: 1e3, D: +1}", "{A: ~, B: Null}"],
    "expose: @": ["['80', 81]", "['80/udp']", "['80-82']", "[80, '80']", "[text]"],
    "external_links: @": ["['a:b', c]"],
    "extra_hosts: @": ["{a: 1.1.1.1, b: '::1'}", "['a:1.1.1.1', 'b=[::1]', 'c:::1']", "{a: [1.1.1.1, 2.2.2.2]}", "['a']", "['a=1', 'a=2']", "['host.docker.internal:host-gateway']", "['a:1.1.1.1', 'a=1.1.1.1']", "{a: '[::1]'}", "['b:1', 'a:1']"],
    "group_add: @": ["[mail, 5]", "['5', 5]"],
    "gpus: @": ["all", "[{count: 1}]", "[{driver: nvidia, device_ids: [a]}]", "[{capabilities: [gpu, x]}]", "[{count: all}]", "[{}]", "[{count: 1, device_ids: [a]}]"],
    **{f"gpus: [{{{key}}}]": values for key, values in DEVICE.items()},
    "healthcheck: @": ["{test: a b, interval: 30s, timeout: 10s, retries: 3, start_period: 1m, start_interval: 5s}", "{disable: true}", "{test: [NONE]}", "{test: [CMD, a]}", "{test: [CMD-SHELL, a b]}", "{test: [a]}", "{test: []}", "{x-a: 1}", "{bogus: 1}", "{disable: true, test: a}"],
    "healthcheck: {test: @}": ["a b", "[CMD, a]", "[NONE]", "[CMD-SHELL, a, b]", "NONE"],
    "healthcheck: {test: a, interval: @}": ["1m30s", "500ms", "1h", "1.5s", "2d", "1w", "0", "'30'", "-5s", "1us", "1µs", "100ns", "1h1h", "0.5h", "5 s"],
    "healthcheck: {test: a, timeout: @}": ["10s"],
    "healthcheck: {test: a, retries: @}": ["3", "'3'", "-1"],
    "healthcheck: {test: a, start_period: @}": ["40s"],
    "healthcheck: {test: a, start_interval: @}": ["40s"],
    "healthcheck: {test: a, disable: @}": ["true", "false"],
    "hostname: @": ["foo", "a_b", "a.b"],
    "image: @": ["a:1", "r.io:5000/a@sha256:0123456789012345678901234567890123456789012345678901234567890123", "A:b", "a b"],
    "init: @": ["true", "false"],
    "ipc: @": ["host", "shareable", "service:o", "service:nope", "container:c", "'service:'"],
    "isolation: @": ["hyperv"],
    "label_file: @": ["l.labels", "[l.labels, m.labels]", "nope.labels"],
    "label_file: l.labels, labels: @": ["{L: own}", "[L]"],
    "labels: @": ["{a: b, c: 1, d: true, e: null, f: 1.10}", "[a=b, c]", "[a=1, a=2]", "{com.docker.compose.project: x}", "{a.b/c: '$$x'}"],
    "links: @": ["[o, 'p:alias']", "[nope]", "['o:a', o]", "[o, o]"],
    "logging: @": ["{driver: local}", "{driver: json-file, options: {max-size: 10m, max-file: 3, x: null}}", "{options: {a: b}}", "{driver: syslog, options: {b: c}}", "{x-a: 1}", "{driver: none}"],
    "logging: {driver: @}": ["local", "json-file"],
    "logging: {driver: a, options: @}": ["{a: 1.5}", "{a: true}", "[a=b]"],
    "mac_address: @": ["02:42:ac:11:65:43", "bogus"],
    "mem_limit: @": ["512m", "1024", "'1g'", "1.5g", "1GiB", "10 mb", "100kB"],
    "mem_reservation: @": ["512m", "1024"],
    "mem_swappiness: @": ["60", "'60'"],
    "memswap_limit: @": ["1g", "-1", "0"],
    "models: @": ["[m1]", "[m1, m2]", "{m1: {endpoint_var: A, model_var: B}}", "{m1: }", "[nope]", "{m1: {bogus: 1}}"],
    "models: {m1: @}": ["{endpoint_var: A}", "{}"],
    "models: {m1: {endpoint_var: @}}": ["A"],
    "network_mode: @": ["host", "none", "bridge", "service:o", "service:nope", "container:c", "'service:'", "n1", "service:s"],
    "networks: @": ["[n1]", "[n1, n2]", "{n1: , n2: {aliases: [a]}}", "[nope]", "[default]", "{default: {aliases: [z]}}", "{n1: {bogus: 1}}", "{n1: {x-a: 1}}", "[n1, n1]"],
    "networks: {n1: @}": ["{aliases: [a, b]}", "{ipv4_address: 10.0.0.2}", "{priority: 5}"],
    "networks: {n1: {aliases: @}}": ["[a, b]", "[a, a]"],
    "networks: {n1: {interface_name: @}}": ["eth9"],
    "networks: {n1: {ipv4_address: @}}": ["10.0.0.2", "bogus"],
    "networks: {n1: {ipv6_address: @}}": ["'2001:db8::1'"],
    "networks: {n1: {link_local_ips: @}}": ["[57.123.22.11]"],
    "networks: {n1: {mac_address: @}}": ["02:42:ac:11:65:43", "bogus"],
    "networks: {n1: {driver_opts: @}}": ["{a: b, c: 1}"],
    "networks: {n1: {priority: @}}": ["1000", "5.5"],
    "networks: {n1: {gw_priority: @}}": ["1"],
    "oom_kill_disable: @": ["true", "false"],
    "oom_score_adj: @": ["-1000", "1000", "1001", "'-5'", "'2000'"],
    "pid: @": ["host", "service:o", "container:c", "service:nope"],
    "pids_limit: @": ["10", "-1", "'10'"],
    "platform: @": ["linux/amd64", "bogus/x", "linux/arm64/v8"],
    "ports: @": ["['80', 81]", "['8080:80']", "['127.0.0.1:8080:80/udp']", "['3000-3002']", "['9090-9091:8080-8081']", "['8000-8010:80']", "[{target: 80}]", "[{target: 80, published: '8080', host_ip: 127.0.0.1, protocol: udp, mode: host, name: web, app_protocol: http}]", "['80', {target: 80}]", "['a:80']", "['[::1]:80:80']", "['::1:80:80']", "[22:22]", "[8080.5]", "['80/sctp']", "['80:80', '80:80/tcp']", "[':80']", "['80:']", "['0:80']", "['80-79']", "['65536']", "['127.0.0.1::80']", "['127.0.0.1:80']", "['1-2:3-5']", "[{published: 80}]", "[{target: 80, x-a: 1}]", "['${FIVE}:80']", "['80 ']", "['080:80']"],
    "ports: [{target: @}]": ["80", "'80'", "'80-82'", "65535", "65536"],
    "ports: [{target: 80, published: @}]": ["8080", "'8080'", "'8080-8090'", "0"],
    "ports: [{target: 80, host_ip: @}]": ["127.0.0.1", "'::1'", "localhost"],
    "ports: [{target: 80, protocol: @}]": ["tcp", "UDP", "sctp", "bogus"],
    "ports: [{target: 80, mode: @}]": ["host", "ingress"],
    "ports: [{target: 80, app_protocol: @}]": ["http"],
    "ports: [{target: 80, name: @}]": ["web"],
    "post_start: @": HOOK_VALUES, "pre_stop: @": HOOK_VALUES, "pre_start: @": HOOK_VALUES + ["[{}]", "[{image: y}]", "[{command: a, per_replica: true}]"],
    **{f"post_start: [{{command: z, {key}}}]": values for key, values in HOOK.items() if "command" not in key},
    **{f"pre_start: [{{command: z, {key}}}]": values for key, values in HOOK.items() if "command" not in key},
    "post_start: [{command: @}]": HOOK["command: @"], "pre_start: [{command: @}]": HOOK["command: @"],
    "pre_start: [{command: z, per_replica: @}]": ["true", "false"],
    "pre_start: [{command: z, volumes: @}]": ["['v1:/d']", "['./a:/b']", "[{type: tmpfs, target: /t}]"],
    "pre_start: [{command: z, networks: @}]": ["[n1]", "{n1: {aliases: [a]}}", "[nope]"],
    "pre_start: [{command: z, secrets: @}]": ["[s1]", "[nope]"],
    "pre_start: [{command: z, configs: @}]": ["[c1]"],
    "pre_start: [{command: z, env_file: @}]": ["e.env", "[{path: nope.env, required: false}]"],
    "pre_start: [{command: z, labels: @}]": ["[a=b]", "{a: b}"],
    "pre_start: [{command: z, mem_limit: @}]": ["1g"],
    "pre_start: [{command: z, ulimits: @}]": ["{nofile: 5}"],
    "pre_start: [{command: z, entrypoint: @}]": ["a b", "[]"],
    "pre_start: [{command: z, network_mode: @}]": ["host", "service:o"],
    "pre_start: [{command: z, gpus: @}]": ["all"],
    "pre_start: [{command: z, extra_hosts: @}]": ["{b: 1, a: 2}"],
    "pre_start: [{command: z, stop_grace_period: @}]": ["10s"],
    "pre_start: [{command: z, @: 1}]": ["ports", "restart", "deploy", "healthcheck", "bogus", "x-a", "depends_on"],
    "privileged: @": ["true", "false"],
    "profiles: @": ["[dev]", "[a, b]", "[a, a]", "['a b']", "['']"],
    "provider: @": ["{type: a}", "{type: a, options: {b: c, d: [e, f], g: 1, h: true, i: 1.5}}", "{options: {a: b}}", "{type: a, bogus: 1}"],
    "provider: {type: @}": ["awesome"],
    "provider: {type: a, options: @}": ["{b: c}", "{b: [1, true]}"],
    "pull_policy: @": ["always", "never", "missing", "if_not_present", "build", "refresh", "daily", "weekly", "every_12h", "every_1d12h", "bogus", "every_", "every_5"],
    "pull_refresh_after: @": ["24h"],
    "read_only: @": ["true", "false"],
    "restart: @": ["'no'", "always", "on-failure", "on-failure:3", "unless-stopped", "bogus", "no"],
    "runtime: @": ["runc"],
    "scale: @": ["2", "'2'", "1000"],
    "scale: 2, deploy: @": ["{replicas: 3}", "{replicas: 2}", "{}"],
    "scale: 2, container_name: @": ["web"],
    "deploy: {replicas: 2}, container_name: @": ["web"],
    "secrets: @": ["[s1]", "[s1, s2]", "[{source: s1, target: t, uid: '1', gid: '2', mode: 0440}]", "[{source: s1, target: /abs}]", "[nope]", "[s1, s1]", "[{source: s1}, s1]", "[{target: a}]"],
    "secrets: [{source: s1, mode: @}]": ["0440", "'0440'", "'9'", "288.0"],
    "secrets: [{source: s1, target: @}]": ["/a", "b"],
    "security_opt: @": ["['label:user:USER', 'no-new-privileges']", "[a, a]", "['seccomp:./p.json']"],
    "shm_size: @": ["64m", "1024", "'1g'"],
    "stdin_open: @": ["true", "false"],
    "stop_grace_period: @": ["10s", "1m30s", "0s", "2d", "-1s"],
    "stop_signal: @": ["SIGUSR1", "9"],
    "storage_opt: @": ["{size: 1G}", "{a: 1, b: true}"],
    "sysctls: @": ["{net.core.somaxconn: 1024}", "[a=1, b=2]", "{a: null}"],
    "tmpfs: @": ["/run", "[/run, /tmp]", "'/run:size=64m,mode=755'", "[/run, /run]", "['/run:size=1m', '/run:size=2m']"],
    "tty: @": ["true", "false"],
    "ulimits: @": ["{nproc: 65535}", "{nofile: {soft: 1, hard: 2}}", "{core: 0}", "{nofile: {soft: 1}}", "{a: {soft: 0, hard: 0}}", "{memlock: -1}", "{a: {soft: -1, hard: -1}}", "{a: {soft: 1, hard: 2, x-b: 1}}"],
    "ulimits: {nofile: @}": ["10", "'10'", "{soft: '1', hard: '2'}"],
    "ulimits: {nofile: {soft: @, hard: 3}}": ["1"],
    "use_api_socket: @": ["true", "false"],
    "user: @": ["root", "'1000:1000'", "1000"],
    "userns_mode: @": ["host"],
    "uts: @": ["host", "service:o"],
    "volumes: @": ["['v1:/d']", "['./a:/b:ro']", "[/anon]", "['~/a:/b']", "['v1:/d:z']", "['v1:/d:nocopy,ro']", "['../a:/b']", "['/a:/b:rshared,rw']", "[nope:/d]", "['/a:/b/../c']", "['.:/b']", "['c:/d']", "['C:\\a:/b']", "['a:b']", "['v1:d']", "['/a:b']", "['v1:/d:bogus']", "['v1:/d:ro:x']", "[a]", "['']", "['/a:/b', '/c:/b']", "['${UNSET}:/b']", "['v1:/d:volume-subpath=x']", "['/d/']", "[{type: volume, source: v1, target: /d}]", "[{type: bind, source: ./a, target: /b}]", "[{type: tmpfs, target: /t}]", "[{type: image, source: i, target: /t, image: {subpath: s}}]", "[{type: npipe, source: '\\\\.\\pipe\\a', target: '\\\\.\\pipe\\b'}]", "[{type: cluster, source: v1, target: /d}]", "[{type: volume, target: /d}]", "[{type: bind, target: /d}]", "[{target: /d}]", "[{type: bogus, target: /d}]", "[{type: volume, source: v1}]", "[{type: tmpfs, source: a, target: /t}]", "[{type: bind, source: ~/a, target: /b}]", "[{type: bind, source: C:\\a, target: /b}]", "['//a:/b']", "['a/b:/c']", "['.:/b:consistent,rw']"],
    "volumes: [{type: volume, source: v1, target: @}]": ["/a", "a", "/a/../b/"],
    "volumes: [{type: volume, source: @, target: /t}]": ["v1", "nope", "./a", "/abs"],
    "volumes: [{type: bind, source: @, target: /t}]": ["./a", "/abs/../b", "v1", "~", "~x"],
    "volumes: [{type: bind, source: ., target: /t, read_only: @}]": ["true", "false"],
    "volumes: [{type: bind, source: ., target: /t, consistency: @}]": ["cached"],
    "volumes: [{type: bind, source: ., target: /t, bind: @}]": ["{}", "{propagation: rshared}", "{create_host_path: false}", "{bogus: 1}"],
    "volumes: [{type: bind, source: ., target: /t, bind: {create_host_path: @}}]": ["true", "false", "'false'"],
    "volumes: [{type: bind, source: ., target: /t, bind: {propagation: @}}]": ["rshared"],
    "volumes: [{type: bind, source: ., target: /t, bind: {recursive: @}}]": ["enabled", "disabled", "bogus"],
    "volumes: [{type: bind, source: ., target: /t, bind: {selinux: @}}]": ["z", "Z", "q"],
    "volumes: [{type: volume, source: v1, target: /t, volume: @}]": ["{nocopy: true}", "{subpath: a}", "{labels: [a=b]}"],
    "volumes: [{type: volume, source: v1, target: /t, volume: {nocopy: @}}]": ["true", "'true'"],
    "volumes: [{type: volume, source: v1, target: /t, volume: {subpath: @}}]": ["a/b"],
    "volumes: [{type: volume, source: v1, target: /t, volume: {labels: @}}]": ["{a: b}", "[a=b]"],
    "volumes: [{type: tmpfs, target: /t, tmpfs: @}]": ["{size: 1m}", "{mode: 0755}", "{}"],
    "volumes: [{type: tmpfs, target: /t, tmpfs: {size: @}}]": ["1m", "1024", "'1g'"],
    "volumes: [{type: tmpfs, target: /t, tmpfs: {mode: @}}]": ["0755", "493", "'0755'"],
    "volumes: [{type: image, source: i, target: /t, image: {subpath: @}}]": ["a"],
    "volumes_from: @": ["[o]", "['o:ro']", "['container:c']", "['container:c:ro']", "[nope]", "[o, o]"],
    "working_dir: @": ["/code", "rel"],
    "x-a: @": ["{b: [c, null]}"],
    "@: 1": ["bogus", "x-foo", "imagee", "enviroment", "depends-on", "X-a", "version"],
    "network_mode: @, networks: [n1]": ["host", "service:o"],
    "extends: @": ["o", "{service: o}", "{service: nope}", "{file: nope.yaml, service: o}", "{file: b.yaml, service: t}", "{file: b.yaml, service: nope}", "{file: b.yaml}", "s", "{service: o, x-a: 1}"],
    "extends: {service: @}": ["o"],
    "extends: {service: t, file: @}": ["b.yaml", "sub/c.yaml"],
}

PROJECT = {
    "name: @\nservices: {s: {image: x}}\n": ["My App", "a-b_c", "__x", "Ünï", "'${FIVE}x'", "9a"],
    "version: @\nservices: {s: {image: x}}\n": ["'3.8'", "3.8"],
    "services: @\n": ["{a: {image: x}}", "{a: }", "{'': {image: x}}", "{'a b': {image: x}}", "{a: {image: x}, A: {image: y}}", "{1: {image: x}}", "{x-a: {image: x}}", "{a.b: {image: x}}", "{-a: {image: x}}"],
    "services: {s: @}\n": ["{image: x}", "{build: .}", "{provider: {type: a}}"],
    "services: {s: {image: x}}\nx-a: @\n": ["{b: [c, null, 1.5, 2001-12-14]}", "{a: '${FIVE}'}", "{a: '$$x'}"],
    "services: {s: {image: x}}\n@: {}\n": ["bogus", "servces", "x-a", "volume", "networks", "secrets"],
    "include: @\nservices: {s: {image: x}}\n": ["[inc.yaml]", "inc.yaml", "[nope.yaml]", "[{path: inc.yaml}]", "[{path: [inc.yaml, inc2.yaml]}]", "[inc.yaml, inc.yaml]", "[{path: inc.yaml, project_directory: sub}]", "[{path: inc.yaml, env_file: e.env}]", "[{path: inc.yaml, bogus: 1}]", "[{path: inc.yaml, x-a: 1}]", "['${FIVE}.yaml']", "[sub/c.yaml]", "[sub]"],
    "include: [{path: @}]\nservices: {s: {image: x}}\n": ["inc.yaml", "[inc.yaml]"],
    "include: [{path: inc.yaml, env_file: @}]\nservices: {s: {image: x}}\n": ["e.env", "[e.env, f.env]", "nope.env", "/dev/null"],
    "include: [{path: inc.yaml, project_directory: @}]\nservices: {s: {image: x}}\n": ["sub", "."],
    "services: {s: {image: x, networks: [n]}}\nnetworks: @\n": ["{n: {}}", "{n: {driver: bridge}}", "{n: {external: true}}", "{'a b': {}}", "{n: }"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: @}\n": ["{driver: overlay, attachable: true}", "{name: my net}", "{external: true, name: e}", "{external: {name: e}}", "{x-a: 1}", "{bogus: 1}", "{external: true, driver: bridge}", "{external: {name: e}, name: f}", "{external: false}"],
    "services: {s: {image: x}}\nnetworks: {default: @}\n": ["{name: n}", "{external: true, name: e}", "{driver: host}", "{}"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {name: @}}\n": ["a", "'${FIVE}'"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {driver: @}}\n": ["bridge", "host"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {driver_opts: @}}\n": ["{a: 1, b: c}", "{a: true}"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {external: @}}\n": ["true", "false", "'true'", "{name: a}"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {internal: @}}\n": ["true", "'yes'"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {attachable: @}}\n": ["true", "false"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {enable_ipv4: @}}\n": ["true", "false"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {enable_ipv6: @}}\n": ["true", "false"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {labels: @}}\n": ["{a: b}", "[a=b, c]"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: @}}\n": ["{driver: default}", "{config: [{subnet: 10.0.0.0/8}]}", "{options: {a: b}}", "{x-a: 1}", "{bogus: 1}"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {driver: @}}}\n": ["default"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {options: @}}}\n": ["{a: b}"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: @}}}\n": ["[{subnet: 10.0.0.0/8, ip_range: 10.1.0.0/16, gateway: 10.0.0.1, aux_addresses: {a: 10.0.0.2}}]", "[{subnet: 10.0.0.0/8}, {subnet: 'fd00::/64'}]", "[{gateway: 10.0.0.1}]", "[{x-a: 1}]"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: @}]}}}\n": ["10.0.0.0/8", "bogus"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, aux_addresses: @}]}}}\n": ["{a: 10.0.0.2}"],
    "services: {s: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: @}]}}}\n": ["10.0.0.1"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: @\n": ["{vv: {}}", "{vv: }", "{vv: {driver: local}}"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: @}\n": ["{external: true}", "{external: true, name: e}", "{external: true, driver: local}", "{external: {name: e}}", "{driver_opts: {type: none, o: bind, device: ./x}}", "{driver: local, driver_opts: {type: nfs, o: 'addr=1', device: ':/x'}}", "{x-a: 1}", "{bogus: 1}", "{external: true, labels: {a: b}}", "{driver: local, driver_opts: {o: bind, device: ~/x}}", "{driver: other, driver_opts: {o: bind, device: ./x}}", "{driver: local, driver_opts: {o: 'rw,bind', device: ./x}}"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: {name: @}}\n": ["a"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: {driver: @}}\n": ["local"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: {driver_opts: @}}\n": ["{a: 1, b: c}"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: {external: @}}\n": ["true", "false", "'true'"],
    "services: {s: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: {labels: @}}\n": ["{a: b}", "[a=b, c]"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: @\n": ["{e: {file: ./f}}"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: @}\n": ["{file: ./f}", "{environment: FIVE}", "{environment: UNSET}", "{content: a}", "{external: true}", "{external: true, name: n}", "{external: {name: n}}", "{file: f, environment: FIVE}", "{external: true, file: f}", "{file: ~/f}", "{driver: d}", "{file: f, template_driver: t, driver: d, driver_opts: {a: 1}, labels: [a=b]}", "{x-a: 1}", "{file: f, x-a: 1}", "{bogus: 1}", "{name: n}", "{name: n, file: f}"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {file: @}}\n": ["./a/../b", "/abs", "C:\\x"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {environment: @}}\n": ["FIVE"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {file: f, name: @}}\n": ["n"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {external: @}}\n": ["true", "false", "{name: z}"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {file: f, labels: @}}\n": ["{a: b}", "[a=b]"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {file: f, driver_opts: @}}\n": ["{a: 1}"],
    "services: {s: {image: x, secrets: [e]}}\nsecrets: {e: {file: f, template_driver: @}}\n": ["golang"],
    "services: {s: {image: x, configs: [e]}}\nconfigs: @\n": ["{e: {file: ./f}}"],
    "services: {s: {image: x, configs: [e]}}\nconfigs: {e: @}\n": ["{file: ./f}", "{environment: FIVE}", "{environment: UNSET}", "{content: 'a $$b ${FIVE}'}", "{external: true}", "{external: true, name: n}", "{file: f, content: c}", "{content: c, environment: FIVE}", "{external: true, content: c}", "{x-a: 1}", "{content: ''}", "{bogus: 1}", "{file: f, template_driver: t, labels: [a=b]}", "{driver: d}", "{name: n}"],
    "services: {s: {image: x, configs: [e]}}\nconfigs: {e: {content: @}}\n": ["hello", '"a\\nb\\n"'],
    "services: {s: {image: x, configs: [e]}}\nconfigs: {e: {environment: @}}\n": ["FIVE"],
    "services: {s: {image: x, configs: [e]}}\nconfigs: {e: {external: @}}\n": ["true"],
    "services: {s: {image: x, configs: [e]}}\nconfigs: {e: {content: f, labels: @}}\n": ["{a: b}"],
    "services: {s: {image: x, models: [m]}}\nmodels: @\n": ["{m: {model: ai/x}}", "{m: }"],
    "services: {s: {image: x, models: [m]}}\nmodels: {m: @}\n": ["{model: a, context_size: 1024, runtime_flags: [--a, b]}", "{name: n}", "{name: n, model: a}", "{model: a, x-a: 1}", "{model: a, bogus: 1}"],
    "services: {s: {image: x, models: [m]}}\nmodels: {m: {model: @}}\n": ["a"],
    "services: {s: {image: x, models: [m]}}\nmodels: {m: {model: a, context_size: @}}\n": ["1024"],
    "services: {s: {image: x, models: [m]}}\nmodels: {m: {model: a, runtime_flags: @}}\n": ["[--a, --b=c]"],
}

# Files that some values name.
FILES = {
    "e.env": "E=1\nQ='a b'\nR=\"${E}-x\"\nFIVE\n", "f.env": "F=2\nE=f\n", "sub/g.env": "G=3\n", "l.labels": "L=1\nM=a b\n",
    "m.labels": "L=2\n",
    "b.yaml": "services: {t: {image: bt, environment: {B: 1}, volumes: ['./v:/v'], env_file: e.env}, u: {image: bu}}\n",
    "sub/c.yaml": "services: {t: {image: ct, build: ./d, environment: [C=1], volumes: ['./v:/v'], env_file: g.env}}\n",
    "inc.yaml": "services: {i: {image: 'x:${FIVE}${E}', build: ., volumes: ['iv:/d', './b:/b']}}\nvolumes: {iv: }\n",
    "inc2.yaml": "services: {i: {environment: {I: 2}}, j: {image: j}}\n",
}


# Whole projects: name -> files, and what differs from a plain `config` in them.
A = "services: {a: {image: 'x:${V-none}'}}\n"
NAMED = "name: file\n" + A
PROFILED = "services: {a: {image: x}, b: {image: x, profiles: [p]}, c: {image: x, profiles: [q, r]}, d: {image: x, profiles: [r], depends_on: [b]}}\n"
ENV_LINES = [
    "V=1", "V = 1", "V= 1", " V=1", "export V=1", "V='1 2'", 'V="1 2"', 'V="a\\nb"', "V='a\\nb'", "V=a b", "V=a #b", "V=a#b", 'V="a" #b',
    "V=", "V", "V=${HOME}", "V='${HOME}'", "U=2\nV=${U}3", "V=$$x", "V=\\$x", "V=a=b", "V: yaml", "V:a", "# c\nV=1", "V=1\n\n\nU=2", "V=1\r\nU=2\r\n",
    'V="a\nb"', "V='a\nb'", 'V="a', "V='a", "=a", "1V=a", "V.W=a\nV=b", "V-W=a", "V=${U:-d}", "V=${U:?no}", "V=a\nV=b", "\ufeffV=1", "V=ü", 'V="\\$x"',
    "V='it''s'", 'V="q\\"q"', "V=`x`", "V=$(x)", "V=a\\ b", 'V="a"b', "export  V=1", "exportV=1", "V=\\n", "V={\"a\": 1}", "V=!x", "V=a;b", "V=\"\"", "V=''",
]
WHOLE = {
    "file-order": dict(files={"compose.yml": A, "docker-compose.yml": NAMED, "docker-compose.yaml": NAMED}),
    "file-upward": dict(files={"compose.yaml": NAMED, "sub/x": ""}, folder="sub"),
    "file-none": dict(files={"x": ""}, is_located=False),
    "file-override": dict(files={"compose.yaml": A, "docker-compose.override.yml": "services: {a: {image: over}}\n"}),
    "file-override-not-with-f": dict(files={"c.yaml": A, "compose.override.yaml": "services: {a: {image: over}}\n"}, options=["-f", "c.yaml"]),
    "file-empty": dict(files={"compose.yaml": ""}, is_located=False),
    "file-comment": dict(files={"compose.yaml": "# nothing\n"}, is_located=False),
    "file-list": dict(files={"compose.yaml": "[a]\n"}),
    "file-text": dict(files={"compose.yaml": "text\n"}),
    "file-no-services": dict(files={"compose.yaml": "networks: {n: }\n"}),
    "file-bad-yaml": dict(files={"compose.yaml": "services:\n  a: [\n"}),
    "file-tabs": dict(files={"compose.yaml": "services:\n\ta: {image: x}\n"}),
    "file-missing-f": dict(files={"compose.yaml": A}, options=["-f", "nope.yaml"], is_located=False),
    "file-twice": dict(files={"a.yaml": A, "b.yaml": "services: {a: {image: b, environment: [B=1]}, b: {image: b}}\n"}, options=["-f", "a.yaml", "-f", "b.yaml"]),
    "file-same-twice": dict(files={"a.yaml": "services: {a: {image: x, cap_add: [A], ports: ['80'], environment: [B=1]}}\n"}, options=["-f", "a.yaml", "-f", "a.yaml"]),
    "directory": dict(files={"sub/c.yaml": "services: {a: {image: x, build: ., volumes: ['./v:/v']}}\n"}, options=["-f", "sub/c.yaml"]),
    "directory-given": dict(files={"sub/c.yaml": "services: {a: {image: x, build: .}}\n", "other/.env": "V=other"}, options=["-f", "sub/c.yaml", "--project-directory", "other"]),
    "directory-only": dict(files={"sub/compose.yaml": A}, options=["--project-directory", "sub"]),
    "directory-missing": dict(files={"compose.yaml": A}, options=["--project-directory", "nope"], is_located=False),
    "name-option": dict(files={"compose.yaml": NAMED}, options=["-p", "opt"]),
    "name-option-bad": dict(files={"compose.yaml": NAMED}, options=["-p", "Opt!"], is_located=False),
    "name-option-empty": dict(files={"compose.yaml": NAMED}, options=["-p", ""]),
    "name-environment": dict(files={"compose.yaml": NAMED}, environment={"COMPOSE_PROJECT_NAME": "env"}),
    "name-environment-bad": dict(files={"compose.yaml": NAMED}, environment={"COMPOSE_PROJECT_NAME": "E nv"}, is_located=False),
    "name-dotenv": dict(files={"compose.yaml": NAMED, ".env": "COMPOSE_PROJECT_NAME=dot\n"}),
    "name-in-values": dict(files={"compose.yaml": "name: My App\nservices: {a: {image: '${COMPOSE_PROJECT_NAME}'}}\n"}),
    "name-two-files": dict(files={"a.yaml": "name: one\n" + A, "b.yaml": "name: two\n" + A}, options=["-f", "a.yaml", "-f", "b.yaml"]),
    "name-variable": dict(files={"compose.yaml": "name: p-${V:-d}\n" + A}),
    "environment-beats-dotenv": dict(files={"compose.yaml": A, ".env": "V=dot\n"}, environment={"V": "env"}),
    "env-file": dict(files={"compose.yaml": A, ".env": "V=dot\n", "a.env": "V=a\n", "b.env": "V=${V}b\n"}, options=["--env-file", "a.env", "--env-file", "b.env"]),
    "env-file-missing": dict(files={"compose.yaml": A}, options=["--env-file", "nope.env"], is_located=False),
    "env-file-disabled": dict(files={"compose.yaml": A, ".env": "V=dot\n"}, environment={"COMPOSE_DISABLE_ENV_FILE": "1"}),
    "env-file-disabled-word": dict(files={"compose.yaml": A, ".env": "V=dot\n"}, environment={"COMPOSE_DISABLE_ENV_FILE": "true"}),
    "env-files-variable": dict(files={"compose.yaml": A, "a.env": "V=a\n", "b.env": "V=b\n"}, environment={"COMPOSE_ENV_FILES": "a.env,b.env"}),
    "env-folder": dict(files={"compose.yaml": A, ".env/x": ""}),
    "compose-file": dict(files={"a.yaml": A, "b.yaml": NAMED}, environment={"COMPOSE_FILE": "a.yaml:b.yaml"}),
    "compose-file-separator": dict(files={"a.yaml": A, "b.yaml": NAMED}, environment={"COMPOSE_FILE": "a.yaml;b.yaml", "COMPOSE_PATH_SEPARATOR": ";"}),
    "compose-file-dotenv": dict(files={"sub/a.yaml": A, ".env": "COMPOSE_FILE=sub/a.yaml\nV=top\n", "sub/.env": "V=sub\n"}),
    "compose-file-missing": dict(files={"compose.yaml": A}, environment={"COMPOSE_FILE": "nope.yaml"}, is_located=False),
    "compatibility": dict(files={"compose.yaml": "services: {a: {build: .}, b: {image: x, volumes: ['vv:/d']}}\nvolumes: {vv: }\n"}, options=["--compatibility"]),
    "platform-default": dict(files={"compose.yaml": "services: {a: {image: x}, b: {image: x, platform: linux/arm64}, c: {image: x, build: .}}\n"}, environment={"DOCKER_DEFAULT_PLATFORM": "linux/amd64"}),
    **{f"profiles-{'-'.join(names) or 'none'}": dict(files={"compose.yaml": PROFILED}, options=[word for name in names for word in ("--profile", name)])
       for names in ([], ["p"], ["q"], ["p", "r"], ["*"], ["nope"], [""])},
    **{f"profiles-variable-{value}": dict(files={"compose.yaml": PROFILED}, environment={"COMPOSE_PROFILES": value}) for value in ("", "p", "p,r", "q, p", "*", ",")},
    "profiles-option-beats-variable": dict(files={"compose.yaml": PROFILED}, options=["--profile", "q"], environment={"COMPOSE_PROFILES": "p"}),
    "profiles-dotenv": dict(files={"compose.yaml": PROFILED, ".env": "COMPOSE_PROFILES=p\n"}),
    **{f"service-{'-'.join(names)}": dict(files={"compose.yaml": PROFILED}, tail=["--format", "json", *names], is_located=False)
       for names in (["a"], ["b"], ["c"], ["d"], ["a", "b"], ["nope"])},
    **{f"flag-{'-'.join(flags)}": dict(files={"compose.yaml": "services: {a: {image: 'x:${V:-1}', ports: ['80'], env_file: e.env, build: ., environment: [HOME, 'N=${V}']}, b: {image: y, profiles: [p], networks: [n], volumes: ['vv:/d']}}\nnetworks: {n: }\nvolumes: {vv: , ww: }\nmodels: {m: {model: a}}\nx-a: 1\n", "e.env": "E=1\n"}, tail=flags)
       for flags in (["--services"], ["--volumes"], ["--networks"], ["--images"], ["--profiles"], ["--hash", "a"], ["--hash", "a,b"], ["--quiet"], ["--variables"], ["--models"],
                     ["--no-interpolate", "--format", "json"], ["--no-normalize", "--format", "json"], ["--no-consistency", "--format", "json"],
                     ["--no-env-resolution", "--format", "json"], ["--no-path-resolution", "--format", "json"], ["--bogus"], ["--format", "bogus"])},
    "all-resources": dict(files={"compose.yaml": "services: {a: {image: x}}\nnetworks: {n: }\nvolumes: {v1: }\nsecrets: {s: {file: f}}\nconfigs: {c: {content: x}}\n"}, options=["--all-resources"]),
    "documents": dict(files={"compose.yaml": "services: {a: {image: x, ports: ['80']}}\n---\nservices: {a: {image: y, ports: ['81']}}\n"}),
    "documents-empty": dict(files={"compose.yaml": "---\n" + A + "---\n"}),
    "anchors": dict(files={"compose.yaml": "x-b: &b {image: x, environment: {A: 1}}\nservices: {a: {<<: *b, environment: {B: 2}}, c: *b, d: {<<: [*b, {tty: true, image: z}]}}\n"}),
    "anchors-merge-order": dict(files={"compose.yaml": "x-b: &b {image: x}\nservices: {a: {image: own, <<: *b}}\n"}),
    "anchors-undefined": dict(files={"compose.yaml": "services: {a: *nope}\n"}),
    "anchors-cycle": dict(files={"compose.yaml": "services: &a {a: *a}\n"}),
    "include-conflict": dict(files={"compose.yaml": "include: [i.yaml, j.yaml]\n" + A, "i.yaml": "services: {i: {image: i}}\n", "j.yaml": "services: {i: {image: j, tty: true}}\n"}),
    "include-override": dict(files={"compose.yaml": "include: [i.yaml]\nservices: {i: {image: own, environment: [B=2]}}\n", "i.yaml": "services: {i: {image: i, environment: {A: 1}}}\n"}),
    "include-dotenv": dict(files={"compose.yaml": "include: [sub/i.yaml]\n" + A, "sub/i.yaml": "services: {i: {image: '${V}-${W}'}}\n", "sub/.env": "V=sub\nW=sub\n", ".env": "V=top\n"}),
    "include-nested": dict(files={"compose.yaml": "include: [d/i.yaml]\n" + A, "d/i.yaml": "include: [e/j.yaml]\n", "d/e/j.yaml": "services: {j: {image: j, build: .}}\n"}),
    "include-name": dict(files={"compose.yaml": "include: [i.yaml]\nname: top\n" + A, "i.yaml": "name: inner\nservices: {i: {image: '${COMPOSE_PROJECT_NAME}'}}\n"}),
    "include-extends": dict(files={"compose.yaml": "include: [d/i.yaml]\nservices: {a: {extends: {file: d/i.yaml, service: i}}}\n", "d/i.yaml": "services: {i: {image: i, build: ./x, env_file: e.env}}\n", "d/e.env": "E=1\n"}),
    "include-self": dict(files={"compose.yaml": "include: [compose.yaml]\n" + A}),
    "include-extension": dict(files={"compose.yaml": "include: [i.yaml]\n" + A, "i.yaml": "x-i: 1\nservices: {i: {image: i, x-j: 2}}\nnetworks: {n: }\n"}),
    "extends-chain": dict(files={"compose.yaml": "services: {a: {extends: b}, b: {extends: c, image: b}, c: {image: c, cap_add: [A], labels: {l: 1}}}\n"}),
    "extends-cycle": dict(files={"compose.yaml": "services: {a: {extends: b}, b: {extends: a}}\n"}),
    "extends-depends": dict(files={"compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}\n", "b.yaml": "services: {b: {image: b, depends_on: [c]}, c: {image: c}}\n"}),
    "extends-volumes": dict(files={"compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}\n", "b.yaml": "services: {b: {image: b, volumes: ['vv:/d']}}\nvolumes: {vv: }\n"}),
    "extends-null": dict(files={"compose.yaml": "services: {a: {extends: b, environment: , ports: !reset [], labels: !override {n: 1}}, b: {image: b, environment: [A=1], ports: ['80'], labels: {l: 1}}}\n"}),
    **{f"dotenv-{index}": dict(files={"compose.yaml": "services: {a: {image: 'x:[${V-unset}]${U-}'}}\n", ".env": line}) for index, line in enumerate(ENV_LINES)},
    **{f"env_file-{index}": dict(files={"compose.yaml": "services: {a: {image: x, env_file: e.env, environment: [X=1]}}\n", "e.env": line}) for index, line in enumerate(ENV_LINES)},
    **{f"env_file-raw-{index}": dict(files={"compose.yaml": "services: {a: {image: x, env_file: [{path: e.env, format: raw}]}}\n", "e.env": line}) for index, line in enumerate(ENV_LINES)},
    **{f"label_file-{index}": dict(files={"compose.yaml": "services: {a: {image: x, label_file: e.labels}}\n", "e.labels": line}) for index, line in enumerate(ENV_LINES)},
    **{f"interpolation-{index}": dict(files={"compose.yaml": f"services: {{a: {{image: x, labels: {{l: {text!r}}}}}}}\n"}, environment={"E": "", "X": "x", "D": "$$y", "N": "3"})
       for index, text in enumerate([
           "$X", "${X}", "${X}y", "$Xy", "$X-y", "${X-d}", "${E-d}", "${U-d}", "${X:-d}", "${E:-d}", "${U:-d}", "${X+d}", "${E+d}", "${U+d}", "${X:+d}", "${E:+d}", "${U:+d}",
           "${X?m}", "${E?m}", "${U?m}", "${X:?m}", "${E:?m}", "${U:?m}", "${U:?}", "${U?}", "$$X", "$$$X", "$$$$X", "$", "a$", "$1", "$(x)", "${}", "${1}", "${X", "$X}", "${X }", "${ X}",
           "${X:=d}", "${#X}", "${X/x/y}", "${X%y}", "${U:-${X}}", "${U:-$X}", "${U:-${V:-deep}}", "${U:-a}b}", "${U:-{a}}", "${X:+${X}}", "${U:-$$}", "${D}", "${U:-:-}", "${U-a:-b}", "${U:-a-b}",
           "${X:}", "${X-}", "${U:-}", "${U:-a b}", "${U:-'a'}", "$X$X", "${X}${E}${U}", "$_X", "${_X-u}", "${x-lower}", "%X%", "\\$X", "${U:+${V:?no}}", "${X:-${V:?no}}", "${U:-}}", "${U:-\\}}"])},
    **{f"cast-{slug}": dict(files={"compose.yaml": f"services: {{a: {{image: x, {text}}}}}\n"}, environment={"N": "3", "B": "true", "F": "0.5", "W": "word", "Z": " 3", "H": "0x10", "O": "010", "S": "+3"})
       for slug, text in enumerate(
           f"{attribute}: '${{{variable}}}'" for attribute in ("scale", "cpus", "init", "oom_score_adj", "mem_limit", "cpu_percent", "pids_limit", "privileged", "stop_grace_period")
           for variable in "NBFWZHOS")},
}

@dataclasses.dataclass
class Case:
    name: str
    files: dict
    options: list = dataclasses.field(default_factory=list)
    environment: dict = dataclasses.field(default_factory=dict)
    # The working directory, below the project.
    folder: str = "."
    # Other arguments of `config` than --format json.
    tail: list = dataclasses.field(default_factory=list)
    # A refusal has a place in a file.
    is_located: bool = True

    @property
    def content(self):
        return self.files, self.options, self.environment, self.folder, self.tail


def service_file(template, value, tail=SERVICE_TAIL):
    body = template.replace("@", value, 1)
    # The parts of a template with several attributes become lines of their own.
    lines = split_attributes(body)
    return SERVICE_HEAD + "".join(f"    {line}\n" for line in lines) + tail


def split_attributes(body):
    """`a: {b, c}, d: e` as `a: {b, c}` and `d: e`; only templates of two attributes are written so."""
    match = re.match(r"^(platform: linux/arm64|build: \.|env_file: e\.env|label_file: l\.labels|scale: 2|deploy: \{replicas: 2\}), (.*)$", body, re.S)
    if match:
        return [match[1], match[2]]
    match = re.match(r"^(network_mode: .*), (networks: \[n1\])$", body, re.S)
    if match:
        return [match[1], match[2]]
    return [body]


def slug(text):
    return re.sub(r"\s+", "_", text)


def scalar(value):
    return not re.match(r"""[\[{"'|!]""", value) and value not in ("null", "")


def contexts(template, values, whole):
    """Cases of one attribute."""
    name = slug(template.replace("\n", ";"))
    write = (lambda value, tail="": template.replace("@", value, 1)) if whole else lambda value, tail=SERVICE_TAIL: service_file(template, value, tail)
    names = [word for word in FILES if any(word in value for value in values)] if not whole else list(FILES)
    # `b.yaml` and `sub/c.yaml` need their own env files.
    extra = {key: FILES[key] for key in FILES} if any(word.endswith("yaml") for word in names) or "env_file" in template or "label_file" in template or "build: " in template else {}

    def case(kind, value, files, **more):
        return Case(f"{name}~{kind}~{slug(value)}", {**extra, **files}, **more)

    every = list(dict.fromkeys(values + (KINDS if template.strip() != "" else [])))
    for value in every:
        yield case("plain", value, {"compose.yaml": write(value)})
    for value in values[:6]:
        if scalar(value):
            yield case("quoted", value, {"compose.yaml": write(f'"{value}"')})
            yield case("variable", value, {"compose.yaml": write("${V}")}, environment={"V": value})
            yield case("default", value, {"compose.yaml": write("${UNSET:-" + value + "}")})
    ring = values[:5]
    pairs = [(ring[i], ring[(i + 1) % len(ring)]) for i in range(len(ring))] + [(ring[0], ring[0])]
    pairs += [(ring[0], other) for other in ("null", "[]", "{}", '""', "[a]", "{a: b}", "text", "5", "true")] + [("null", ring[0])]
    for base, over in dict.fromkeys(pairs):
        label = f"{base}+{over}"
        yield case("override", label, {"compose.yaml": write(base), "compose.override.yaml": write(over, "")})
    for tag in ("!reset null", f"!reset {ring[0]}", f"!override {ring[-1]}", "!override null"):
        yield case("tag", f"{ring[0]}+{tag}", {"compose.yaml": write(ring[0]), "compose.override.yaml": write(tag, "")})
    yield case("tag-alone", ring[0], {"compose.yaml": write(f"!override {ring[0]}")})
    if whole:
        return
    for base, over in dict.fromkeys(pairs[:4] + [(ring[0], "null"), (ring[0], ring[0])]):
        label = f"{base}+{over}"
        here = service_file(template, over).replace("image: x\n", "extends: {file: base.yaml, service: s}\n", 1)
        yield case("extends", label, {"compose.yaml": here, "base.yaml": service_file(template, base, "")})
        indented = service_file(template, base, "").replace("services:\n  s:", "  bb:", 1)
        both = service_file(template, over, "").replace("image: x\n", "extends: bb\n", 1) + indented + SERVICE_TAIL
        yield case("extends-here", label, {"compose.yaml": both})
    base, over = pairs[0]
    yield case("extends-sub", f"{base}", {
        "compose.yaml": service_file("extends: {file: d/base.yaml, service: @}", "s"),
        "d/base.yaml": service_file(template, base), "d/e.env": "E=d\n", "d/l.labels": "L=d\n", "d/b.yaml": FILES["b.yaml"]})
    yield case("include", f"{base}+{over}", {
        "compose.yaml": "include: [d/inc.yaml]\n" + SERVICE_HEAD.replace("s:\n", "t:\n", 1),
        "d/inc.yaml": service_file(template, base), "d/e.env": "E=d\n", "d/l.labels": "L=d\n", "d/b.yaml": FILES["b.yaml"]})


def all_cases():
    """Every case once: different values can make the same files."""
    seen = set()
    for case in made_cases():
        content = repr(case.content)
        if content not in seen:
            seen.add(content)
            yield case


def made_cases():
    for template, values in SERVICE.items():
        yield from contexts(template, values, whole=False)
    for template, values in PROJECT.items():
        yield from contexts(template, values, whole=True)
    for name, parts in WHOLE.items():
        yield Case(f"whole~{name}", **parts)
