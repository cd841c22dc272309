"""Holds every call of `collect` to AWS's own models of its APIs, as botocore carries them: that there is such an operation,
where it is sent, which parameters it takes, how its pages follow each other, and that its answer has every field that is kept.

    python models.py crates/collect [planted.json]

With a second argument it writes answers to every call there, with a secret in each field of AWS's model that is not kept.
"""

import json
import pathlib
import re
import sys

import botocore.session

# Clients of ours that are another one of AWS's SDKs.
SAME = {"s3express": "s3"}

# And have the operations of this one of ours too.
ALSO = {"s3express": "s3control"}

LOADER = botocore.session.get_session().get_component("data_loader")
faults = []
checked = 0


class Service:
    def __init__(self, line):
        self.name, self.signing, self.host, self.protocol, self.version = line.split()[:5]
        self.model = LOADER.load_service_model(SAME.get(self.name, self.name), "service-2")
        self.shapes = self.model["shapes"]
        metadata = self.model["metadata"]
        known = metadata.get("protocols", [metadata["protocol"]])
        protocol = self.protocol.split("-")[0] if self.protocol.startswith("json-") else self.protocol
        expect(line, protocol in known, f"speaks {known}")
        if self.protocol.startswith("json-"):
            expect(line, self.protocol == "json-" + metadata["jsonVersion"], metadata["jsonVersion"])
            expect(line, self.version == metadata["targetPrefix"], metadata["targetPrefix"])
        else:
            expect(line, self.version == metadata["apiVersion"], metadata["apiVersion"])

    def is_xml(self):
        return self.protocol in ("query", "ec2", "rest-xml")

    def wire(self, name, member):
        """The name of a member in an answer."""
        return name if self.protocol.startswith("json-") else member.get("locationName", name)

    def element(self, shape):
        """The name of a list's elements where it is one of its own."""
        name = self.shapes[shape]["member"].get("locationName")
        return name if self.is_xml() and name not in (None, "member", "item") else None

    def has(self, shape, path):
        """The shape at a path of an answer; none: there is no such path."""
        for part in path.split("."):
            name = part.removesuffix("[]").removesuffix("[0]")
            known = self.shapes[shape]
            flattened = known.get("flattened")
            if known["type"] == "list":
                if name != self.element(shape):
                    return None
                shape = known["member"]["shape"]
                continue
            if known["type"] == "map":
                shape = known["value"]["shape"]
                continue
            members = {self.wire(key, member): member for key, member in known.get("members", {}).items()}
            if name not in members:
                return None
            shape = members[name]["shape"]
            known = self.shapes[shape]
            flattened = known.get("flattened") or members[name].get("flattened")
            if known["type"] == "list" and part != name and (flattened or not self.element(shape)):
                shape = known["member"]["shape"]
        return shape


    def sensitive(self, shape, seen=()):
        """The sensitive shapes in a shape, itself included."""
        if shape in seen:
            return set()
        known, seen = self.shapes[shape], (*seen, shape)
        found = {shape} if known.get("sensitive") else set()
        below = [known[part]["shape"] for part in ("member", "key", "value") if part in known]
        below += [member["shape"] for member in known.get("members", {}).values()]
        return found.union(*(self.sensitive(part, seen) for part in below))


    def planted(self, shape, kept, name="", path="", above=()):
        """An answer with a secret wherever no kept path leads: JSON as text, or XML within an element of this name."""
        keeps = path in kept
        known = self.shapes[shape]
        here = lambda part: f"{path}.{part}" if path else part
        wanted = {known_path[len(here("")) :].split(".")[0] for known_path in kept if known_path.startswith(here(""))}
        word = "kept" if keeps else SECRET
        kind = known["type"]
        deep = shape in above or len(above) > 12
        above = (*above, shape)
        tag = lambda inner: f"<{name}>{inner}</{name}>"
        if kind == "structure":
            members = {} if deep and not keeps else known.get("members", {})
            parts = []
            for key, member in members.items():
                if member.get("location") in ("header", "headers", "statusCode"):
                    continue
                wire = self.wire(key, member)
                inner = self.planted(member["shape"], kept | ({here(wire)} if keeps else set()), wire, here(wire), above)
                parts.append(inner if self.is_xml() else f"{json.dumps(wire)}:{inner}")
            return tag("".join(parts)) if self.is_xml() else "{" + ",".join(parts) + "}"
        if kind == "list":
            element = self.element(shape) if self.is_xml() and not known.get("flattened") else None
            below = here(element) if element else path
            inside = element or ("item" if self.protocol == "ec2" else "member")
            inside = name if known.get("flattened") else inside
            kept = kept | ({below} if keeps else set())
            inner = self.planted(known["member"]["shape"], kept, inside, below, above)
            if not self.is_xml():
                return f"[{inner}]"
            return inner if known.get("flattened") else tag(inner)
        if kind == "map":
            value = lambda key: self.planted(known["value"]["shape"], kept | ({here(key)} if keeps else set()), "value", here(key), above)
            keys = sorted(wanted) + ["kept" if keeps else SECRET]
            if not self.is_xml():
                return "{" + ",".join(f"{json.dumps(key)}:{value(key)}" for key in keys) + "}"
            return tag("".join(f"<entry><key>{key}</key>{value(key)}</entry>" for key in keys))
        if kind == "boolean":
            return tag("true") if self.is_xml() else "true"
        if kind in ("integer", "long", "float", "double"):
            return tag("7") if self.is_xml() else "7"
        if kind == "timestamp":
            return tag("2026-01-01T00:00:00Z") if self.is_xml() else "1767225600"
        return tag(word) if self.is_xml() else json.dumps(word)

    def body(self, operation, shape, kept):
        """The body of an answer, in the protocol of the service."""
        if not shape:
            return "{}"
        inner = self.planted(shape, kept, f"{operation}Result")
        if self.protocol == "query":
            return f"<R>{inner}</R>"
        return inner


SECRET = "pl4nted-s3cret"

# What AWS's models call sensitive and a collection keeps: which key encrypts a bucket, and tags.
KEPT_THOUGH_SENSITIVE = {"SSEKMSKeyId", "TagValue"}


def expect(line, holds, otherwise):
    global checked
    checked += 1
    if not holds:
        faults.append(f"{line}\n    {otherwise}")


def call(services, words, line):
    """Checks a call; the answer is its service and the shape of what it answers."""
    client, operation = words.pop(0).split(":")
    if client in ALSO and operation not in services[client].model["operations"]:
        client = ALSO[client]
    service = services[client]
    known = service.model["operations"].get(operation)
    expect(line, known, "there is no such operation")
    if not known:
        return None
    method, path = "POST", "/"
    if words and words[0] in ("GET", "POST"):
        method, path = words.pop(0), words.pop(0)
    path, _, query = path.partition("?")
    template = known["http"]["requestUri"]
    where, _, fixed = template.partition("?")
    plain = lambda path: re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
    expect(line, method == known["http"]["method"] and plain(path) == plain(where), f"is {known['http']}")
    given = service.shapes[known["input"]["shape"]] if "input" in known else {"members": {}}
    members = given.get("members", {})
    in_query = {member["locationName"] for member in members.values() if member.get("location") == "querystring"}
    in_query |= {part.partition("=")[0] for part in fixed.split("&") if part}
    for part in filter(None, query.split("&")):
        expect(line, part.partition("=")[0] in in_query, f"takes {sorted(in_query)} in its query")
    in_body = {service.wire(name, member).lower() for name, member in members.items() if "location" not in member}
    is_rest = service.protocol.startswith("rest-")
    takes = lambda name: name in in_query if is_rest and method == "GET" else name.lower() in in_body
    answered = known.get("output", {}).get("shape")
    if answered and service.shapes[answered].get("payload"):
        payload = service.shapes[answered]["payload"]
        answered = service.shapes[answered]["members"][payload]["shape"]
    for word in words:
        kind, _, value = word.partition(":")
        if kind == "token":
            put, got = value.split("~")
            expect(line, put[1:] in in_query if put.startswith("?") else takes(put), f"takes no `{put}`")
            expect(line, answered and service.has(answered, got), f"answers no `{got}`")
        elif kind not in ("none", "else", "unless", "only", "at"):
            name = word.partition("=")[0]
            expect(line, takes(name), f"takes no `{name}`, but {sorted(in_body)}")
    pages = {}
    try:
        pages = LOADER.load_service_model(SAME.get(client, client), "paginators-1")["pagination"]
    except botocore.exceptions.UnknownServiceError:
        pass
    if operation in pages and not line.startswith("ask"):
        expect(line, any(word.startswith("token:") for word in words), f"comes in pages: {pages[operation]}")
    return service, answered


def main(crate, planted=None):
    lines = lambda path: [line.strip() for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    services = {line.split()[0]: Service(line) for line in lines(crate / "data/clients.txt")}
    answers = {}
    for line in lines(crate / "data/reading.txt"):
        kind, _, rest = line.partition(" ")
        if kind == "thing":
            thing = rest.split()[0]
            answers[thing] = []
        if kind not in ("each", "one", "ask", "once"):
            continue
        asked, _, kept = rest.partition(" > ")
        found = call(services, asked.split(), line)
        if not found or not found[1]:
            continue
        service, shape = found
        fields, kept_paths = kept.split(), set()
        below = fields.pop(0) if kind == "each" else ""
        if below:
            expect(line, service.has(shape, below), f"answers no `{below}`")
        for field in fields:
            path = field.partition("=")[0].removeprefix("/")
            is_whole = path in (".", "", "./") or path.endswith("[]..")
            path = path.removesuffix("..") if path.endswith("[]..") else "" if is_whole else path
            path = ".".join(filter(None, (below, path)))
            found = service.has(shape, path) if path else shape
            expect(line, found or is_whole, f"answers no `{path}`")
            kept_paths.add(re.sub(r"\[0?\]", "", path))
            secret = (service.sensitive(found) if found else set()) - KEPT_THOUGH_SENSITIVE
            expect(line, not secret, f"`{path}` is sensitive to AWS: {sorted(secret)}")
        operation = asked.split()[0].split(":")[1]
        # What is kept whole is all that the answer is.
        whole = "" in kept_paths and not below
        answers[thing].append("<R>kept</R>" if whole else service.body(operation, shape, kept_paths))
    # Of what AWS RAM alone writes no client has a call that puts it.
    for call_of_plan in re.findall(r'\("(\S+)", RAM_ALONE\)', (crate / "src/plan.rs").read_text()):
        client, operation = call_of_plan.split(":")
        known = LOADER.load_service_model(client, "service-2")["operations"]
        expect(call_of_plan, operation in known and operation.replace("Get", "Put", 1) not in known, "is put by a call")
    # How variables such as AWS_ENDPOINT_URL_SQS spell the services.
    ids = (crate / "src/profile.rs").read_text().partition("fn service_id")[2].partition("\n}")[0]
    ids = dict(re.findall(r'"(\S+)" => "(\S+)"', ids))
    for name in services:
        expected = botocore.session.get_session().get_service_model(SAME.get(name, name)).service_id.hyphenize().replace("-", "_")
        expect(name, ids.get(name, name).replace("-", "_") == expected, f"is {expected} in variables")
    for source in sorted((crate / "src").glob("*.rs")):
        text = source.read_text().partition("#[cfg(test)]")[0]
        for words in re.findall(r'"([a-z0-9-]+:[A-Z]\w+[^"\n]*)"', text):
            if words.split(":")[0] in services and words != "apigateway:GET":
                call(services, words.split(), f"{source.name} {words}")
    print(f"{checked} facts", *faults, sep="\n")
    if planted:
        pathlib.Path(planted).write_text(json.dumps(answers))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
